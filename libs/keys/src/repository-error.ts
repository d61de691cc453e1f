/** A key repository that cannot be used. The message names directory and file, never a key. */
export class KeyRepositoryError extends Error {
  /** What is wrong with the directory, to be read after its name. */
  readonly problem: string;
  /** Whether there is no such directory. */
  readonly missing: boolean;

  constructor(directory: string, problem: string, missing = false) {
    super(`The key repository ${directory} ${problem}.`);
    this.name = 'KeyRepositoryError';
    this.problem = problem;
    this.missing = missing;
  }
}

const PROBLEMS: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is not a directory',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
};

/** Any error of the file system as a problem of this repository. */
export const asRepositoryError = (directory: string, error: unknown): KeyRepositoryError => {
  if (error instanceof KeyRepositoryError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new KeyRepositoryError(directory, PROBLEMS[code] ?? `cannot be used: ${code}`, code === 'ENOENT');
};
