import { fernetKey, keyText } from '@keystone/fernet';
import type { Random } from '@keystone/fernet';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { STAGED, readKeyFiles } from './key-files.ts';
import { KeyRepositoryError, asRepositoryError } from './repository-error.ts';

/** Whom the files shall belong to where root makes them. */
export interface Owner {
  uid: number;
  gid: number;
}

export interface KeyMaking {
  owner?: Owner;
  /** @default node:crypto's */
  random?: Random;
}

export interface Rotation extends KeyMaking {
  /** `[fernet_tokens] max_active_keys`: how many keys remain, the staged one included. */
  maxActiveKeys: number;
}

/** What a rotation left. */
export interface Rotated {
  /** The number of the key that signs now. */
  primary: number;
  /** Numbers of the keys that are gone, so that what they signed is no longer read. */
  removed: number[];
}

/** Where a new key is written; not a number, so that no reader takes it for a key. */
const UNFINISHED = '0.tmp';

/** A rename is safe from a power cut only once its directory is. */
const syncDirectory = (directory: string): void => {
  const handle = fs.openSync(directory, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
};

const rename = (directory: string, from: string, to: string): void => {
  fs.renameSync(join(directory, from), join(directory, to));
  syncDirectory(directory);
};

const writeKey = (directory: string, { owner, random = randomBytes }: KeyMaking): void => {
  const path = join(directory, UNFINISHED);
  // What a crash left must not lend its mode or owner to the new key.
  fs.rmSync(path, { force: true });
  const file = fs.openSync(path, 'wx', 0o600);
  try {
    if (owner) fs.fchownSync(file, owner.uid, owner.gid);
    fs.writeFileSync(file, keyText(random(32)));
    fs.fsyncSync(file);
  } catch (error) {
    fs.rmSync(path, { force: true });
    throw error;
  } finally {
    fs.closeSync(file);
  }
};

const isKey = (text: string): boolean => {
  try {
    return Boolean(fernetKey(text));
  } catch {
    return false;
  }
};

/** Whether a whole key stands where new ones are written: a rotation ended between its two renames. */
const hasUnfinished = (directory: string): boolean => {
  const path = join(directory, UNFINISHED);
  return fs.existsSync(path) && isKey(fs.readFileSync(path, 'utf8'));
};

const purge = (directory: string, numbers: readonly number[], maxActiveKeys: number): number[] => {
  const ascending = numbers.filter((number) => number !== STAGED).sort((a, b) => a - b);
  const surplus = ascending.slice(0, Math.max(0, ascending.length - (maxActiveKeys - 1)));
  for (const number of surplus) fs.rmSync(join(directory, String(number)));
  if (surplus.length > 0) syncDirectory(directory);
  return surplus;
};

const inRepository = <T>(directory: string, run: () => T): T => {
  try {
    fs.accessSync(directory, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
    return run();
  } catch (error) {
    throw asRepositoryError(directory, error);
  }
};

/** Puts a staged key where there is none, and ends a rotation that did not get to it. */
const stage = (directory: string, making: KeyMaking): void => {
  if (!hasUnfinished(directory)) writeKey(directory, making);
  rename(directory, UNFINISHED, String(STAGED));
};

/** The staged key becomes the primary, and a new one is staged. */
const promote = (directory: string, primary: number, making: KeyMaking): void => {
  writeKey(directory, making);
  rename(directory, String(STAGED), String(primary));
  rename(directory, UNFINISHED, String(STAGED));
};

/**
 * Makes the staged key the primary, stages a new one, and removes the oldest above `maxActiveKeys`: the files are at
 * every moment what Python's rotation leaves (common/fernet_utils.py, rotate_keys), so either side may do the next.
 *
 * Where the staged key is missing, an earlier rotation was cut off after its first rename, and this one ends it: the
 * key that was promoted then is the primary, and nothing is promoted before other nodes have seen it staged. (Python
 * fails there until someone repairs the directory.)
 * @throws KeyRepositoryError where it cannot be written, holds no key, or its staged key is none
 */
export const rotateKeys = (directory: string, { maxActiveKeys, ...making }: Rotation): Rotated =>
  inRepository(directory, () => {
    const { keys } = readKeyFiles(directory);
    const highest = keys[0]?.number;
    if (highest === undefined) throw new KeyRepositoryError(directory, 'holds no keys to rotate');
    const staged = keys.find(({ number }) => number === STAGED);
    if (staged && !isKey(staged.text)) {
      throw new KeyRepositoryError(directory, 'holds a staged key (0) that is no Fernet key');
    }
    const primary = staged ? highest + 1 : highest;
    if (staged) promote(directory, primary, making);
    else stage(directory, making);
    const numbers = keys.map(({ number }) => number).concat(staged ? primary : []);
    return { primary, removed: purge(directory, numbers, maxActiveKeys) };
  });

/** Makes the directory, readable by its owner alone, where it is not there (Python's create_key_directory). */
export const createKeyDirectory = (directory: string, owner?: Owner): void => {
  if (fs.existsSync(directory)) return;
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (owner) fs.chownSync(directory, owner.uid, owner.gid);
  } catch (error) {
    throw asRepositoryError(directory, error);
  }
};

/**
 * Makes a key repository that can be used at once: a primary key 1 and a staged key 0, as `keystone-manage fernet_setup`
 * leaves it. One that has a staged key is left as it is.
 * @returns whether there was anything to do
 * @throws KeyRepositoryError
 */
export const setupKeys = (directory: string, { maxActiveKeys = 3, ...making }: Partial<Rotation> = {}): boolean => {
  createKeyDirectory(directory, making.owner);
  return inRepository(directory, () => {
    if (fs.existsSync(join(directory, String(STAGED)))) return false;
    const begun = readKeyFiles(directory).keys.length > 0;
    if (!begun) stage(directory, making);
    rotateKeys(directory, { maxActiveKeys, ...making });
    return true;
  });
};
