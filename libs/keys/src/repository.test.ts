import { decrypt, encrypt, fernetKey, keyText, receiptCodec, TokenError } from '@keystone/fernet';
import type { FernetKey } from '@keystone/fernet';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeyRepositoryError, keyRepository, rotateKeys, setupKeys, withKeys } from './index.ts';
import type { KeyRepository, KeyRepositoryOptions } from './index.ts';

let root: string;
let directory: string;
const opened: KeyRepository[] = [];

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'keys-'));
  directory = join(root, 'repository');
});
afterEach(() => {
  for (const repository of opened.splice(0)) repository.close();
  fs.rmSync(root, { recursive: true });
});

/** Without an hour's worth of polls, so that what is seen was seen by the watch or by asking. */
const open = (options: Partial<KeyRepositoryOptions> = {}): KeyRepository => {
  const repository = keyRepository(directory, { label: 'fernet_tokens', pollSeconds: 3600, ...options });
  opened.push(repository);
  return repository;
};

const put = (name: string, text = keyText(randomBytes(32))): string => {
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(join(directory, name), text);
  return text;
};

const hashes = (keys: readonly FernetKey[]) => keys.map(({ hash }) => hash);
const hashesOf = (...texts: string[]) => hashes(texts.map(fernetKey));

test('the highest number signs, the others read in descending order, the staged key last', () => {
  const [staged, ninth, tenth] = [put('0'), put('9'), put('10')];
  const repository = open();
  expect(hashes(repository.current())).toEqual(hashesOf(tenth, ninth, staged));
  expect(repository.status()).toMatchObject({ ok: true, keys: 3, primary: 10, label: 'fernet_tokens', directory });
});

test('what is not named by a number, is no file, or is empty, is not a key', () => {
  const text = put('1');
  for (const name of ['0.tmp', 'README', '2~', 'key3', '1.5']) put(name, 'not a key');
  put('7', '');
  fs.mkdirSync(join(directory, '8'));
  fs.symlinkSync('nowhere', join(directory, '9'));
  expect(hashes(open().current())).toEqual(hashesOf(text));
});

test('keys may be links, as Kubernetes mounts them, and are seen when the link behind them is turned', async () => {
  const versions = ['one', 'two'].map((name) => {
    const real = join(root, name);
    fs.mkdirSync(real);
    const text = keyText(randomBytes(32));
    fs.writeFileSync(join(real, '0'), text);
    return { real, text };
  });
  fs.mkdirSync(directory);
  fs.symlinkSync(versions[0]!.real, join(directory, '..data'));
  fs.symlinkSync('..data/0', join(directory, '0'));
  const repository = open();
  expect(hashes(repository.current())).toEqual(hashesOf(versions[0]!.text));
  fs.symlinkSync(versions[1]!.real, join(directory, '..next'));
  fs.renameSync(join(directory, '..next'), join(directory, '..data'));
  await expect.poll(() => hashes(repository.current())).toEqual(hashesOf(versions[1]!.text));
});

test('at the start a repository that cannot be used is an error that says which, what, and for whom', () => {
  expect(() => open()).toThrow(new KeyRepositoryError(directory, 'does not exist, and fernet_tokens needs it'));
  fs.mkdirSync(directory);
  expect(() => open()).toThrow(/repository holds no keys, and fernet_tokens needs it\.$/);
  put('0');
  put('3', 'c2VjcmV0IGJ1dCBzaG9ydA==');
  expect(() => open()).toThrow(/holds a file 3 that is no Fernet key/);
  expect(() => open()).toThrow(/^(?!.*c2Vjc)/);
  fs.rmSync(directory, { recursive: true });
  fs.writeFileSync(directory, '');
  expect(() => open()).toThrow(/is not a directory/);
});

test('an optional repository may be missing, and is seen when it comes', () => {
  const repository = open({ optional: true });
  expect(repository.current()).toEqual([]);
  expect(repository.status()).toMatchObject({ ok: true, keys: 0 });
  expect(repository.refresh()).toBe(false);
  setupKeys(directory);
  expect(repository.refresh()).toBe(true);
  expect(repository.status()).toMatchObject({ ok: true, keys: 2, primary: 1 });
});

test('a rotation is seen without being asked for', async () => {
  setupKeys(directory);
  const repository = open();
  const [, staged] = hashes(repository.current());
  rotateKeys(directory, { maxActiveKeys: 3 });
  await expect.poll(() => hashes(repository.current())[0]).toBe(staged);
  expect(repository.status()).toMatchObject({ ok: true, keys: 3, primary: 2 });
});

test('where the watch is silent the poll sees it', async () => {
  put('0');
  const repository = open({ pollSeconds: 0.05 });
  // A watch stays with the directory that it was set on.
  fs.renameSync(directory, join(root, 'old'));
  await expect.poll(() => repository.status().ok).toBe(false);
  const text = put('0');
  await expect.poll(() => hashes(repository.current())).toEqual(hashesOf(text));
  const next = put('1');
  await expect.poll(() => hashes(repository.current())).toEqual(hashesOf(next, text));
});

test('a refresh says whether the keys are others, and keeps what was worked out of those that stay', () => {
  put('0');
  const repository = open();
  const [kept] = repository.current();
  expect(repository.refresh()).toBe(false);
  put('README', 'x');
  expect(repository.refresh()).toBe(false);
  put('1');
  expect(repository.refresh()).toBe(true);
  expect(repository.current()[1]).toBe(kept);
  const before = repository.current();
  expect(repository.refresh()).toBe(false);
  expect(repository.current()).toBe(before);
});

test('a key file that is written over in place is seen', () => {
  put('0');
  const repository = open();
  const text = put('0');
  expect(repository.refresh()).toBe(true);
  expect(hashes(repository.current())).toEqual(hashesOf(text));
});

test('a text that no key fits is tried again with the keys that are there now', () => {
  put('0');
  const repository = open();
  const receipts = receiptCodec({ methods: ['password'] });
  const text = put('1');
  const receipt = { userId: 'u', methods: ['password'], expiresAt: 2, issuedAt: 1 };
  const made = receipts.encode(receipt, [fernetKey(text)], randomBytes);
  expect(withKeys(repository, (keys) => receipts.decode(made, keys))).toEqual(receipt);
  const strange = receipts.encode(receipt, [fernetKey(keyText(randomBytes(32)))], randomBytes);
  expect(() => withKeys(repository, (keys) => receipts.decode(strange, keys))).toThrow(TokenError);
});

test.each([
  ['the directory is gone', () => fs.rmSync(directory, { recursive: true }), /does not exist/],
  ['all keys are gone', () => fs.rmSync(join(directory, '0')), /holds no keys/],
  [
    'a key is half written',
    () => put('1', keyText(randomBytes(32)).slice(0, 20)),
    /holds a file 1 that is no Fernet key/,
  ],
])('while %s the last keys go on, and the status says why', (_, break_, problem) => {
  const text = put('0');
  const repository = open();
  break_();
  expect(repository.refresh()).toBe(false);
  expect(hashes(repository.current())).toEqual(hashesOf(text));
  expect(repository.status()).toMatchObject({ ok: false, keys: 1, problem: expect.stringMatching(problem) });
  const next = put('1');
  put('0', text);
  expect(repository.refresh()).toBe(true);
  expect(hashes(repository.current())).toEqual(hashesOf(next, text));
  expect(repository.status()).toMatchObject({ ok: true });
  expect(repository.status().problem).toBeUndefined();
});

test.skipIf(process.getuid?.() === 0)('while the directory cannot be read the last keys go on', () => {
  const text = put('0');
  const repository = open();
  fs.chmodSync(directory, 0);
  try {
    expect(repository.refresh()).toBe(false);
    expect(repository.status()).toMatchObject({ ok: false, problem: expect.stringMatching(/permission denied/) });
    expect(hashes(repository.current())).toEqual(hashesOf(text));
  } finally {
    fs.chmodSync(directory, 0o700);
  }
});

test('a repository that anybody can read says so', () => {
  setupKeys(directory);
  expect(open().status().worldReadable).toBe(false);
  fs.chmodSync(directory, 0o755);
  expect(open().status().worldReadable).toBe(true);
});

test('no text is lost while keys rotate again and again', () => {
  setupKeys(directory);
  const repository = open();
  for (let round = 0; round < 6; round++) {
    const text = encrypt(repository.current()[0]!, Buffer.from('x'), { now: round, iv: randomBytes(16) });
    rotateKeys(directory, { maxActiveKeys: 3 });
    expect(decrypt(repository.current(), text)).toBeDefined();
    repository.refresh();
    expect(decrypt(repository.current(), text)).toBeDefined();
  }
});

test('after close the keys are those that were last read', async () => {
  const text = put('0');
  const repository = open({ pollSeconds: 0.01 });
  const watching = open();
  repository.close();
  put('1');
  await expect.poll(() => watching.current().length).toBe(2);
  expect(hashes(repository.current())).toEqual(hashesOf(text));
});
