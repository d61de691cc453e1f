import type * as Bcrypt from '@node-rs/bcrypt';
import type * as Crypto from 'node:crypto';

/**
 * The functions that hashing spends its time in; all else is taking texts apart. A thread is sent the text of this one
 * (thread.ts): it may use nothing but its arguments.
 */
export const slowFunctions = (
  { hashSync, verifySync }: Pick<typeof Bcrypt, 'hashSync' | 'verifySync'>,
  { scryptSync, pbkdf2Sync }: Pick<typeof Crypto, 'scryptSync' | 'pbkdf2Sync'>,
) => ({
  bcrypt: (password: Uint8Array, cost: number, salt: Uint8Array): string => hashSync(password, cost, salt),
  bcryptVerify: (password: Uint8Array, hash: string): boolean => verifySync(password, hash),
  scrypt: (password: Uint8Array, salt: Uint8Array, options: Crypto.ScryptOptions & { bytes: number }): Uint8Array =>
    scryptSync(password, salt, options.bytes, options),
  pbkdf2: (password: Uint8Array, salt: Uint8Array, { rounds, bytes }: { rounds: number; bytes: number }): Uint8Array =>
    pbkdf2Sync(password, salt, rounds, bytes, 'sha512'),
});

type SlowFunctions = ReturnType<typeof slowFunctions>;

export type SlowFunction = keyof SlowFunctions;

/** Has one of them run, here or in a thread. Errors: the function's own; a KeystoneError 503 where there is no room. */
export type Run = <F extends SlowFunction>(
  name: F,
  ...args: Parameters<SlowFunctions[F]>
) => Promise<ReturnType<SlowFunctions[F]>>;
