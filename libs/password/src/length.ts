import { KeystoneError } from '@keystone/errors';
import type { PasswordOptions } from './options.ts';

/** What bcrypt takes in; it is deaf to every byte behind. */
export const BCRYPT_BYTES = 72;

/** The longest password in bytes: bcrypt shortens `[identity] max_password_length` where it is the configured algorithm. */
export const longest = ({ algorithm, maxLength }: PasswordOptions): number =>
  algorithm === 'bcrypt' ? Math.min(maxLength, BCRYPT_BYTES) : maxLength;

/**
 * The bytes of a password that count (password_hashing.py, verify_length_and_trunc_password), for hashing and checking
 * alike, so that what was cut when it was set is cut when it is given.
 * @throws KeystoneError 403 where it is too long and `strict`
 */
export const significantBytes = (password: string, options: PasswordOptions): Buffer => {
  const bytes = Buffer.from(password, 'utf8');
  const size = longest(options);
  if (bytes.length > size && options.strict) {
    throw new KeystoneError(
      403,
      `The password length must be less than or equal to ${size}. The server could not comply with the request ` +
        'because the password is invalid.',
    );
  }
  return bytes.subarray(0, size);
};
