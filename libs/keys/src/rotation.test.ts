import { keyText } from '@keystone/fernet';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeyRepositoryError, createKeyDirectory, keyRepository, rotateKeys, setupKeys } from './index.ts';

let root: string;
let directory: string;

beforeEach(() => {
  root = fs.mkdtempSync(join(tmpdir(), 'keys-'));
  directory = join(root, 'etc', 'fernet-keys');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const path = (name: string) => join(directory, name);
const names = () => fs.readdirSync(directory).sort();
const text = (name: string) => fs.readFileSync(path(name), 'utf8');
const mode = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);
const rotate = (maxActiveKeys = 3) => rotateKeys(directory, { maxActiveKeys });

test('a new repository has a primary and a staged key, which its owner alone can read', () => {
  expect(setupKeys(directory)).toBe(true);
  expect(names()).toEqual(['0', '1']);
  expect([mode(directory), mode(path('0')), mode(path('1'))]).toEqual(['700', '600', '600']);
  expect(text('0')).toMatch(/^[A-Za-z0-9_-]{43}=$/);
  expect(text('0')).not.toBe(text('1'));
});

test('setting up what is set up changes nothing', () => {
  setupKeys(directory);
  const before = [text('0'), text('1')];
  expect(setupKeys(directory)).toBe(false);
  expect([text('0'), text('1')]).toEqual(before);
});

test('a directory that was made beforehand keeps its mode', () => {
  createKeyDirectory(directory);
  expect(mode(directory)).toBe('700');
  fs.chmodSync(directory, 0o750);
  setupKeys(directory);
  expect([mode(directory), names()]).toEqual(['750', ['0', '1']]);
});

test.skipIf(process.getuid?.() !== 0)('directory and keys belong to the owner that is named', () => {
  setupKeys(directory, { owner: { uid: 1234, gid: 2345 } });
  rotateKeys(directory, { maxActiveKeys: 3, owner: { uid: 1234, gid: 2345 } });
  for (const file of [directory, ...names().map(path)]) {
    expect(fs.statSync(file)).toMatchObject({ uid: 1234, gid: 2345 });
  }
});

test('a rotation promotes the staged key, stages a new one, and removes the oldest', () => {
  setupKeys(directory);
  const seen = new Set([text('0'), text('1')]);
  for (const [primary, left, removed] of [
    [2, ['0', '1', '2'], []],
    [3, ['0', '2', '3'], [1]],
    [4, ['0', '3', '4'], [2]],
  ] as const) {
    const staged = text('0');
    expect(rotate()).toEqual({ primary, removed });
    expect(names()).toEqual(left);
    expect(text(String(primary))).toBe(staged);
    expect(seen).not.toContain(text('0'));
    seen.add(text('0'));
  }
});

test('a smaller max_active_keys removes all that are too many', () => {
  setupKeys(directory);
  for (let round = 0; round < 8; round++) rotate(20);
  expect(names()).toHaveLength(10);
  expect(rotate(4)).toEqual({ primary: 10, removed: [1, 2, 3, 4, 5, 6, 7] });
  expect(names()).toEqual(['0', '10', '8', '9']);
});

test('what is no key is left alone', () => {
  setupKeys(directory);
  fs.writeFileSync(path('README'), 'mine');
  fs.mkdirSync(path('5'));
  rotate();
  expect(names()).toEqual(['0', '1', '2', '5', 'README']);
});

test('a repository that is missing, empty, or whose staged key is none, is not rotated', () => {
  expect(() => rotate()).toThrow(/does not exist/);
  fs.mkdirSync(directory, { recursive: true });
  expect(() => rotate()).toThrow(new KeyRepositoryError(directory, 'holds no keys to rotate'));
  setupKeys(directory);
  fs.writeFileSync(path('0'), 'half a k');
  expect(() => rotate()).toThrow(/staged key \(0\) that is no Fernet key/);
  expect(names()).toEqual(['0', '1']);
});

test('a rotation cut off before its first rename is done as if it had not begun', () => {
  setupKeys(directory);
  const staged = text('0');
  fs.writeFileSync(path('0.tmp'), keyText(randomBytes(32)).slice(0, 12), { mode: 0o644 });
  expect(rotate()).toEqual({ primary: 2, removed: [] });
  expect([text('2'), names(), mode(path('0'))]).toEqual([staged, ['0', '1', '2'], '600']);
});

test('a rotation cut off between its renames is ended, and promotes nothing that nobody has seen', () => {
  setupKeys(directory);
  const promoted = text('0');
  const next = keyText(randomBytes(32));
  fs.writeFileSync(path('0.tmp'), next);
  fs.renameSync(path('0'), path('2'));
  const repository = keyRepository(directory, { label: 'fernet_tokens' });
  expect(repository.status()).toMatchObject({ ok: true, primary: 2, keys: 2 });
  expect(rotate()).toEqual({ primary: 2, removed: [] });
  expect([text('2'), text('0'), names()]).toEqual([promoted, next, ['0', '1', '2']]);
  expect(repository.refresh()).toBe(true);
  repository.close();
  expect(rotate()).toEqual({ primary: 3, removed: [1] });
});

test('a missing or empty staged key is made anew', () => {
  setupKeys(directory);
  fs.rmSync(path('0'));
  expect(setupKeys(directory)).toBe(true);
  expect(names()).toEqual(['0', '1']);
  fs.writeFileSync(path('0'), '');
  expect(rotate()).toEqual({ primary: 1, removed: [] });
  expect(text('0')).toMatch(/=$/);
});

/** An interpreter with Python Keystone installed. Where everything must be tested it may not be missing. */
const python = process.env['KEYSTONE_PYTHON'];
const withPython = python || process.env['CI'] ? test : test.skip;

/** The real `keystone-manage`, on this repository alone. */
const keystoneManage = (command: string) => {
  if (!python) throw new Error('KEYSTONE_PYTHON must name an interpreter with Python Keystone installed.');
  const file = join(root, 'keystone.conf');
  const sections = ['fernet_tokens', 'fernet_receipts'].map((name) => `[${name}]\nkey_repository = ${directory}\n`);
  fs.writeFileSync(file, `[DEFAULT]\nlog_dir = ${root}\n${sections.join('')}`);
  const program = join(dirname(python), 'keystone-manage');
  const owner = ['--keystone-user', String(process.getuid?.()), '--keystone-group', String(process.getgid?.())];
  const { error, status, stderr } = spawnSync(program, ['--config-file', file, command, ...owner], {
    encoding: 'utf8',
  });
  if (status !== 0) throw error ?? new Error(stderr);
};

const inPython = (script: string): unknown => {
  const { error, status, stdout, stderr } = spawnSync(python!, ['-c', script, directory], { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(stderr);
  return JSON.parse(stdout);
};

const LOAD = `
import json, sys
from keystone.common import fernet_utils
import keystone.conf
keystone.conf.configure()
keystone.conf.CONF([], project='keystone', default_config_files=[], default_config_dirs=[])
print(json.dumps(fernet_utils.FernetUtils(sys.argv[1], 3, 'fernet_tokens').load_keys()))
`;

withPython(
  'what keystone-manage sets up we read, and leave alone',
  () => {
    createKeyDirectory(directory);
    keystoneManage('fernet_setup');
    const before = names().map(text);
    expect([names(), mode(path('0'))]).toEqual([['0', '1'], '600']);
    expect(setupKeys(directory)).toBe(false);
    expect(names().map(text)).toEqual(before);
  },
  60_000,
);

withPython(
  'both sides rotate in turn, each sees the other’s, and Python’s key order is ours',
  async () => {
    setupKeys(directory);
    const repository = keyRepository(directory, { label: 'fernet_tokens', pollSeconds: 3600 });
    for (let primary = 2; primary < 6; primary++) {
      const staged = text('0');
      if (primary % 2 === 0) keystoneManage('fernet_rotate');
      else rotate();
      expect(names()).toEqual(['0', String(primary - 1), String(primary)].sort());
      expect(text(String(primary))).toBe(staged);
      await expect.poll(() => repository.status()).toMatchObject({ ok: true, primary, keys: 3 });
    }
    repository.close();
    expect(inPython(LOAD)).toEqual([text('5'), text('4'), text('0')]);
  },
  120_000,
);

withPython(
  'a rotation that we were cut off in does not stop Python once it was ended',
  () => {
    setupKeys(directory);
    fs.writeFileSync(path('0.tmp'), keyText(randomBytes(32)));
    fs.renameSync(path('0'), path('2'));
    expect(() => keystoneManage('fernet_rotate')).toThrow();
    rotate();
    keystoneManage('fernet_rotate');
    expect(names()).toEqual(['0', '2', '3']);
  },
  60_000,
);
