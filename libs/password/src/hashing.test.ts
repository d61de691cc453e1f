import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import { ALGORITHMS, DEFAULT_OPTIONS, decoyHash, hashingThreads, verifyPassword, type Algorithm } from './index.ts';
import { VECTORS, VECTOR_PASSWORD } from './vectors.ts';

const lost: unknown[] = [];
const threads = hashingThreads(
  () => ({ threads: 2, queue: 1000 }),
  (error) => lost.push(error),
);
afterAll(() => threads.close());

const cheap = (algorithm: Algorithm) => {
  const rounds = algorithm === 'pbkdf2_sha512' ? 10 : 4;
  return { ...DEFAULT_OPTIONS, algorithm, rounds, scryptBlockSize: 2 };
};

test.each(VECTORS)('a thread checks as Python Keystone does: $name', async ({ hash }) => {
  expect(await threads.check(VECTOR_PASSWORD, hash, DEFAULT_OPTIONS)).toBe('match');
  expect(await threads.check(`${VECTOR_PASSWORD} `, hash, DEFAULT_OPTIONS)).toBe('mismatch');
});

test.each(ALGORITHMS)('what a thread hashes with %s verifies without one, and with', async (algorithm) => {
  const options = cheap(algorithm);
  for (const password of ['', 'sécret\u{1f511}', 'x'.repeat(5000)]) {
    const hash = await threads.hash(password, options);
    expect(await verifyPassword(password, hash, options)).toBe(true);
    expect(await threads.check(password, hash, options)).toBe('match');
    expect(await threads.check(`!${password}`, hash, options)).toBe('mismatch');
  }
  expect(await threads.check('secret', decoyHash(options), options)).toBe('mismatch');
});

test('what cannot be hashed or checked is the same error, and takes no thread down', async () => {
  await expect(threads.hash('secret', { ...cheap('bcrypt'), rounds: 3 })).rejects.toThrow(RangeError);
  await expect(threads.hash('secret', { ...cheap('scrypt'), scryptBlockSize: 1 })).rejects.toThrow(RangeError);
  await expect(threads.hash('x'.repeat(73), { ...cheap('bcrypt'), strict: true })).rejects.toMatchObject({
    status: 403,
  });
  expect(await threads.check('secret', '$scrypt$$c2FsdA$c2FsdA', DEFAULT_OPTIONS)).toBe('malformed-hash');
  expect(await threads.check('secret', '$6$rounds=5$c2FsdA$abc', DEFAULT_OPTIONS)).toBe('unsupported-scheme');
  expect(await threads.check('secret', null, DEFAULT_OPTIONS)).toBe('no-hash');
  expect(lost).toEqual([]);
});

test('many at once are each their own', async () => {
  const options = cheap('bcrypt');
  const passwords = Array.from({ length: 100 }, (_, index) => `secret ${index}`);
  const hashes = await Promise.all(passwords.map((password) => threads.hash(password, options)));
  const verdicts = await Promise.all(
    hashes.flatMap((hash, index) =>
      [`secret ${index}`, `secret ${index + 1}`].map((it) => threads.check(it, hash, options)),
    ),
  );
  expect(verdicts).toEqual(passwords.flatMap(() => ['match', 'mismatch']));
});

test('hashing holds neither the event loop nor a file', async () => {
  const { hash } = VECTORS.find(({ name }) => name === 'scrypt')!;
  let done = false;
  let turns = 0;
  const hashing = Promise.all(Array.from({ length: 8 }, () => threads.check(VECTOR_PASSWORD, hash, DEFAULT_OPTIONS)));
  void hashing.then(() => (done = true));
  while (!done) {
    // One turn of the event loop and one of libuv's threads.
    await stat(import.meta.filename);
    turns += 1;
  }
  expect(await hashing).toEqual(Array(8).fill('match'));
  expect(turns).toBeGreaterThan(8);
});

test.runIf(process.platform === 'linux')('only the threads that hash have a low priority', () => {
  const priorities = readdirSync('/proc/self/task').map((task) => {
    const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/self/task/${task}/stat`, 'utf8')) ?? [];
    return { hashes: name === 'hash', nice: Number(rest.split(' ')[16]) };
  });
  const others = priorities.filter(({ hashes }) => !hashes).map(({ nice }) => nice);
  const ours = priorities.filter(({ hashes }) => hashes).map(({ nice }) => nice);
  expect(ours).toHaveLength(2);
  expect(Math.min(...ours)).toBeGreaterThan(Math.max(...others));
});

test('a process that hashes ends when it has nothing else to do, and may run anywhere', () => {
  const program = `
    import { DEFAULT_OPTIONS, hashingThreads } from '${new URL('index.ts', import.meta.url).href}';
    const threads = hashingThreads(() => ({ threads: 2, queue: 2 }), console.error);
    console.log(await threads.check('secret', await threads.hash('secret', { ...DEFAULT_OPTIONS, rounds: 4 }), DEFAULT_OPTIONS));`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  expect({ stdout, stderr, status }).toMatchObject({ stdout: 'match\n', status: 0 });
});
