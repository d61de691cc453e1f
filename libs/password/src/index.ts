export { checkPassword, decoyHash, hashPassword, verifyPassword } from './password.ts';
export type { Verdict } from './password.ts';
export { ALGORITHMS, DEFAULT_OPTIONS } from './options.ts';
export type { Algorithm, PasswordOptions } from './options.ts';
export type { Random } from './scheme.ts';
