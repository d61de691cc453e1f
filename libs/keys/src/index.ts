export { keyRepository, withKeys } from './repository.ts';
export type { KeyRepository, KeyRepositoryOptions, KeyStatus } from './repository.ts';
export { createKeyDirectory, rotateKeys, setupKeys } from './rotation.ts';
export type { KeyMaking, Owner, Rotated, Rotation } from './rotation.ts';
export { KeyRepositoryError } from './repository-error.ts';
