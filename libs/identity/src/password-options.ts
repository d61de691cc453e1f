import type { Config } from '@keystone/config';
import { decoyHash, type Algorithm, type Limits, type PasswordOptions } from '@keystone/password';
import { availableParallelism } from 'node:os';

/** How passwords are hashed and cut here. */
export const passwordOptions = ({ identity, DEFAULT }: Config): PasswordOptions => ({
  algorithm: identity.password_hash_algorithm as Algorithm,
  maxLength: identity.max_password_length,
  strict: DEFAULT.strict_password_check,
  rounds: identity.password_hash_rounds ?? undefined,
  scryptBlockSize: identity.scrypt_block_size ?? undefined,
  scryptParallelism: identity.scrypt_parallelism ?? undefined,
  saltSize: identity.salt_bytesize ?? undefined,
});

// Asking takes longer than a login has to spare.
const processors = availableParallelism();

/** At 12 rounds of bcrypt, four a second, the last of them waits 8 s. */
const WAITING_FOR_EACH = 32;

/** How many passwords are hashed at once, and how many wait. */
export function hashingLimits({ kts }: Config): Limits {
  const threads = kts.hash_threads ?? processors;
  return { threads, queue: kts.hash_queue ?? threads * WAITING_FOR_EACH };
}

/** A hash that fits no password and costs what the configuration says, made anew only when that changes. */
export function decoys(): (config: Config) => string {
  let made: { config: Config; decoy: string } | undefined;
  return (config) => {
    if (made?.config !== config) made = { config, decoy: decoyHash(passwordOptions(config)) };
    return made.decoy;
  };
}
