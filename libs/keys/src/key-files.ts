import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KeyRepositoryError } from './repository-error.ts';

/** The staged key: the next primary, known to every reader before anybody signs with it. */
export const STAGED = 0;

const NUMBER = /^\d{1,15}$/;

export interface KeyFiles {
  /** Texts by number, the highest first, which signs; the others only read. */
  keys: { number: number; text: string }[];
  /** Changes whenever a file comes, goes, or is written. */
  fingerprint: string;
}

interface Listed {
  number: number;
  path: string;
  mark: string;
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Follows links, because Kubernetes mounts each key as one; a name that is gone again is no file. */
const fileMark = (path: string): string | undefined => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found?.isFile() ? `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}` : undefined;
};

const list = (directory: string): Listed[] =>
  readdirSync(directory).flatMap((name) => {
    if (!NUMBER.test(name)) return [];
    const path = join(directory, name);
    const mark = fileMark(path);
    return mark ? [{ number: Number(name), path, mark }] : [];
  });

const fingerprintOf = (listed: readonly Listed[]): string =>
  listed
    .map(({ path, mark }) => `${path}=${mark}`)
    .sort()
    .join();

/** What {@link readKeyFiles} would find, without reading the files. */
export const fingerprint = (directory: string): string => fingerprintOf(list(directory));

const read = ({ number, path }: Listed): { number: number; text: string }[] => {
  const text = readFileSync(path, 'utf8');
  // An empty file is left out, as Python leaves it out: a key being written, or a disk that was full.
  return text === '' ? [] : [{ number, text }];
};

/** One reading, or `undefined` where the directory changed under it. */
const readOnce = (directory: string): KeyFiles | undefined => {
  const listed = list(directory);
  const before = fingerprintOf(listed);
  try {
    const keys = listed.sort((a, b) => b.number - a.number).flatMap(read);
    return fingerprint(directory) === before ? { keys, fingerprint: before } : undefined;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
};

/** A rotation renames two files and removes one: nobody changes a repository more often than this in one moment. */
const ATTEMPTS = 10;

/**
 * Reads a key repository as Python does (common/fernet_utils.py): files named by a whole number, all else ignored.
 * A reading that a rotation cut across is done again, so that no key is missed while it is renamed.
 * @throws errors of the file system, KeyRepositoryError where it does not come to rest
 */
export const readKeyFiles = (directory: string): KeyFiles => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = readOnce(directory);
    if (found) return found;
  }
  throw new KeyRepositoryError(directory, 'does not stop changing');
};

/** Whether anybody on the machine may read it, which Python warns of. */
export const isWorldReadable = (directory: string): boolean => (statSync(directory).mode & 0o005) !== 0;
