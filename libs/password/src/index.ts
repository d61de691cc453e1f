export { checkPassword, decoyHash, hashPassword, verifyPassword } from './password.ts';
export type { Passwords, Verdict } from './password.ts';
export { hashingThreads } from './hashing.ts';
export type { HashingThreads } from './hashing.ts';
export type { Limits } from './pool.ts';
export { ALGORITHMS, DEFAULT_OPTIONS } from './options.ts';
export type { Algorithm, PasswordOptions } from './options.ts';
export type { Random } from './scheme.ts';
