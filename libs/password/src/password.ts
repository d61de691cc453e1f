import { randomBytes } from 'node:crypto';
import { bcrypt, bcryptSha256 } from './bcrypt.ts';
import { pbkdf2, scrypt } from './derived.ts';
import { significantBytes } from './length.ts';
import type { Algorithm, PasswordOptions } from './options.ts';
import { MalformedHash } from './scheme.ts';
import type { Random, Scheme } from './scheme.ts';

const SCHEMES: Record<Algorithm, Scheme> = { bcrypt, bcrypt_sha256: bcryptSha256, scrypt, pbkdf2_sha512: pbkdf2 };

const BY_IDENT = new Map(Object.values(SCHEMES).flatMap((scheme) => scheme.idents.map((ident) => [ident, scheme])));

/**
 * How a check came out. `no-hash`: the user has no password. `unsupported-scheme` and `malformed-hash`: the stored hash
 * cannot be checked at all, which an operator should hear of and a client should not (Python answers 500).
 */
export type Verdict = 'match' | 'mismatch' | 'no-hash' | 'unsupported-scheme' | 'malformed-hash';

const schemeOf = (hash: string): Scheme | undefined => BY_IDENT.get(hash.slice(0, hash.indexOf('$', 1) + 1));

/**
 * Checks a password against a stored hash of any scheme that Python Keystone verifies (password_hashing.py).
 * @param options as configured: the configured algorithm, not the hash's, says where a password is cut
 * @throws KeystoneError 403 where the password is too long and `strict`
 */
export const checkPassword = async (
  password: string,
  hash: string | null,
  options: PasswordOptions,
): Promise<Verdict> => {
  if (hash === null) return 'no-hash';
  const bytes = significantBytes(password, options);
  const scheme = schemeOf(hash);
  if (!scheme) return 'unsupported-scheme';
  try {
    return (await scheme.verify(bytes, hash)) ? 'match' : 'mismatch';
  } catch (error) {
    if (error instanceof MalformedHash) return 'malformed-hash';
    throw error;
  }
};

/** Whether the password fits; {@link checkPassword} says why not. */
export const verifyPassword = async (
  password: string,
  hash: string | null,
  options: PasswordOptions,
): Promise<boolean> => (await checkPassword(password, hash, options)) === 'match';

/**
 * Hashes a password as configured, in Python Keystone's format.
 * @throws KeystoneError 403 where the password is too long and `strict`; RangeError where the cost is out of range
 */
export const hashPassword = async (
  password: string,
  options: PasswordOptions,
  random: Random = randomBytes,
): Promise<string> => SCHEMES[options.algorithm].hash(significantBytes(password, options), options, random);

/**
 * A hash that fits no password and costs as much to check as a new one: checking it where there is no such user, or no
 * hash of his, takes the time that a wrong password takes. Make one and keep it.
 */
export const decoyHash = (options: PasswordOptions, random: Random = randomBytes): string =>
  SCHEMES[options.algorithm].decoy(options, random);
