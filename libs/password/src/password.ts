import * as nodeRsBcrypt from '@node-rs/bcrypt';
import * as crypto from 'node:crypto';
import { bcrypt, bcryptSha256 } from './bcrypt.ts';
import { pbkdf2, scrypt } from './derived.ts';
import { significantBytes } from './length.ts';
import type { Algorithm, PasswordOptions } from './options.ts';
import { MalformedHash } from './scheme.ts';
import type { Random, Scheme } from './scheme.ts';
import { slowFunctions, type Run } from './slow.ts';

const SCHEMES: Record<Algorithm, Scheme> = { bcrypt, bcrypt_sha256: bcryptSha256, scrypt, pbkdf2_sha512: pbkdf2 };

const BY_IDENT = new Map(Object.values(SCHEMES).flatMap((scheme) => scheme.idents.map((ident) => [ident, scheme])));

/**
 * How a check came out. `no-hash`: the user has no password. `unsupported-scheme` and `malformed-hash`: the stored hash
 * cannot be checked at all, which an operator should hear of and a client should not (Python answers 500).
 */
export type Verdict = 'match' | 'mismatch' | 'no-hash' | 'unsupported-scheme' | 'malformed-hash';

const schemeOf = (hash: string): Scheme | undefined => BY_IDENT.get(hash.slice(0, hash.indexOf('$', 1) + 1));

/** Errors, besides those named: of the way the slow functions run. */
export interface Passwords {
  /**
   * Checks a password against a stored hash of any scheme that Python Keystone verifies (password_hashing.py).
   * @param options as configured: the configured algorithm, not the hash's, says where a password is cut
   * @throws KeystoneError 403 where the password is too long and that is strict
   */
  check(password: string, hash: string | null, options: PasswordOptions): Promise<Verdict>;
  /**
   * Hashes a password as configured, in Python Keystone's format.
   * @throws KeystoneError 403 where the password is too long and that is strict; RangeError where the cost is out of range
   */
  hash(password: string, options: PasswordOptions): Promise<string>;
}

export const passwordsBy = (run: Run, random: Random = crypto.randomBytes): Passwords => ({
  async check(password, hash, options) {
    if (hash === null) return 'no-hash';
    const bytes = significantBytes(password, options);
    const scheme = schemeOf(hash);
    if (!scheme) return 'unsupported-scheme';
    try {
      return (await scheme.verify(bytes, hash, run)) ? 'match' : 'mismatch';
    } catch (error) {
      if (error instanceof MalformedHash) return 'malformed-hash';
      throw error;
    }
  },
  hash: async (password, options) =>
    SCHEMES[options.algorithm].hash(significantBytes(password, options), options, { run, random }),
});

const slow = slowFunctions(nodeRsBcrypt, crypto) as Record<string, (...args: unknown[]) => unknown>;

/**
 * Without threads: everything else in this process waits meanwhile. For a command, a start, a test; what serves has
 * `hashingThreads`.
 */
export const { check: checkPassword, hash: hashPassword } = passwordsBy((async (name, ...args) =>
  slow[name]?.(...args)) as Run);

/** Whether the password fits; {@link checkPassword} says why not. */
export const verifyPassword = async (
  password: string,
  hash: string | null,
  options: PasswordOptions,
): Promise<boolean> => (await checkPassword(password, hash, options)) === 'match';

/**
 * A hash that fits no password and costs as much to check as a new one: checking it where there is no such user, or no
 * hash of his, takes the time that a wrong password takes. Make one and keep it.
 */
export const decoyHash = (options: PasswordOptions, random: Random = crypto.randomBytes): string =>
  SCHEMES[options.algorithm].decoy(options, random);
