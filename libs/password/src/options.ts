/** The algorithms that `[identity] password_hash_algorithm` can name. */
export const ALGORITHMS = ['bcrypt', 'bcrypt_sha256', 'scrypt', 'pbkdf2_sha512'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** How passwords are hashed and cut, as keystone.conf says; a number that is absent or 0 is Python's default. */
export interface PasswordOptions {
  /** `[identity] password_hash_algorithm` */
  algorithm: Algorithm;
  /** `[identity] max_password_length`, in bytes of UTF-8 */
  maxLength: number;
  /** `[DEFAULT] strict_password_check`: a longer one is an error instead of cut. */
  strict: boolean;
  /** `[identity] password_hash_rounds`: bcrypt's cost (12), PBKDF2's iterations (25000); scrypt ignores it. */
  rounds?: number | undefined;
  /** `[identity] scrypt_block_size` (8) */
  scryptBlockSize?: number | undefined;
  /** `[identity] scrypt_parallelism` (1) */
  scryptParallelism?: number | undefined;
  /** `[identity] salt_bytesize`, of scrypt and PBKDF2 (16) */
  saltSize?: number | undefined;
}

/** Python's defaults of those options (keystone/conf). */
export const DEFAULT_OPTIONS: PasswordOptions = { algorithm: 'bcrypt', maxLength: 4096, strict: false };
