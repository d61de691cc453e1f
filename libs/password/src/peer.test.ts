import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALGORITHMS, DEFAULT_OPTIONS, checkPassword, decoyHash, hashPassword, verifyPassword } from './index.ts';
import type { PasswordOptions } from './index.ts';

/** An interpreter with Python Keystone installed. Where everything must be tested it may not be missing. */
const python = process.env['KEYSTONE_PYTHON'];
const withPython = python || process.env['CI'] ? test : test.skip;

type Task = [options: PasswordOptions, name: 'hash' | 'check', ...args: string[]];
type Result = string | boolean | { error: string };

const asPython = (options: PasswordOptions) => ({
  password_hash_algorithm: options.algorithm,
  max_password_length: options.maxLength,
  strict_password_check: options.strict,
  password_hash_rounds: options.rounds ?? null,
  scrypt_block_size: options.scryptBlockSize ?? null,
  scrypt_parallelism: options.scryptParallelism ?? null,
  salt_bytesize: options.saltSize ?? null,
});

/** Lets Python Keystone do each task, all in one process. */
const inPython = (tasks: readonly Task[]): Result[] => {
  if (!python) throw new Error('KEYSTONE_PYTHON must name an interpreter with Python Keystone installed.');
  const input = JSON.stringify(tasks.map(([options, ...task]) => [asPython(options), ...task]));
  const { error, status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'peer.py')], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw error ?? new Error(stderr);
  return JSON.parse(stdout) as Result[];
};

const PASSWORDS = [
  '',
  'secret',
  'sécret\u{1f511}',
  'a\0b',
  'x'.repeat(71),
  'x'.repeat(72),
  'ä'.repeat(80),
  'y'.repeat(5000),
];

/** Costs that both sides verify: of bcrypt_sha256 Python cannot verify its own hashes below 10 rounds. */
const options: PasswordOptions[] = [
  { ...DEFAULT_OPTIONS, rounds: 4 },
  { ...DEFAULT_OPTIONS, rounds: 5, maxLength: 10 },
  { ...DEFAULT_OPTIONS, algorithm: 'bcrypt_sha256', rounds: 10 },
  { ...DEFAULT_OPTIONS, algorithm: 'scrypt', scryptBlockSize: 2, scryptParallelism: 2, saltSize: 5 },
  { ...DEFAULT_OPTIONS, algorithm: 'pbkdf2_sha512', rounds: 10, saltSize: 96 },
  { ...DEFAULT_OPTIONS, algorithm: 'pbkdf2_sha512', maxLength: 75 },
];

withPython(
  'Python takes our hashes, and refuses the wrong password and the decoy',
  async () => {
    const tasks: Task[] = [];
    const expected: boolean[] = [];
    for (const option of options) {
      for (const password of PASSWORDS) {
        tasks.push([option, 'check', password, await hashPassword(password, option)]);
        tasks.push([option, 'check', `!${password}`, await hashPassword(password, option)]);
        expected.push(true, false);
      }
      tasks.push([option, 'check', 'secret', decoyHash(option)]);
      expected.push(false);
    }
    expect(inPython(tasks)).toEqual(expected);
  },
  120_000,
);

withPython(
  'we take Python’s hashes, and refuse the wrong password',
  async () => {
    const tasks = options.flatMap((option) => PASSWORDS.map((password): Task => [option, 'hash', password]));
    for (const [index, hash] of inPython(tasks).entries()) {
      const [option, , password] = tasks[index]!;
      expect(await verifyPassword(password!, hash as string, option)).toBe(true);
      expect(await verifyPassword(`!${password}`, hash as string, option)).toBe(false);
    }
  },
  120_000,
);

withPython(
  'a password that is too long is refused by both where the check is strict',
  async () => {
    for (const algorithm of ALGORITHMS) {
      const strict: PasswordOptions = { ...DEFAULT_OPTIONS, algorithm, maxLength: 60, strict: true };
      const hash = decoyHash({ ...strict, rounds: 4 });
      const tasks: Task[] = [[strict, 'check', 'x'.repeat(61), hash]];
      expect(inPython(tasks)).toEqual([{ error: 'PasswordVerificationError' }]);
      await expect(checkPassword('x'.repeat(61), hash, strict)).rejects.toMatchObject({ status: 403 });
    }
  },
  60_000,
);

withPython(
  'where Python fails on a stored hash, we say what is wrong with it',
  async () => {
    const stored = {
      '$6$rounds=5000$salt$sum': 'unsupported-scheme',
      'no hash at all': 'unsupported-scheme',
      [`$2$04$${'a'.repeat(53)}`]: 'malformed-hash',
      '$7$C6..../....Sodium$kBGj9fHznVYFQMEn': 'malformed-hash',
      [`$bcrypt-sha256$2b,12$${'a'.repeat(22)}$${'a'.repeat(31)}`]: 'malformed-hash',
      '$scrypt$ln=16,r=8$c2FsdA$c2FsdA': 'malformed-hash',
      '$pbkdf2-sha512$10$c2FsdAA$c2Fsd': 'malformed-hash',
    };
    const hashes = Object.keys(stored);
    const theirs = inPython(hashes.map((hash): Task => [DEFAULT_OPTIONS, 'check', 'secret', hash]));
    expect(theirs.map((result) => typeof result)).toEqual(hashes.map(() => 'object'));
    const ours = await Promise.all(hashes.map((hash) => checkPassword('secret', hash, DEFAULT_OPTIONS)));
    expect(ours).toEqual(Object.values(stored));
  },
  60_000,
);
