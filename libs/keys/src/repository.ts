import { TokenError, fernetKey } from '@keystone/fernet';
import type { FernetKey } from '@keystone/fernet';
import { fingerprint, isWorldReadable, readKeyFiles } from './key-files.ts';
import type { KeyFiles } from './key-files.ts';
import { KeyRepositoryError, asRepositoryError } from './repository-error.ts';
import { watchDirectory } from './watch.ts';

export interface KeyRepositoryOptions {
  /** What the keys are for, in the operator's words: the section of keystone.conf, `fernet_tokens`. */
  label: string;
  /**
   * Start without keys where the directory is missing or empty: credentials, which fall back to the null key.
   * @default false
   */
  optional?: boolean;
  /** How often to look where the file system does not tell of changes (network mounts), in seconds. @default 5 */
  pollSeconds?: number;
}

export interface KeyStatus {
  label: string;
  directory: string;
  /** False: the keys in use are the last that could be read. */
  ok: boolean;
  /** Why not. */
  problem?: string;
  keys: number;
  /** The number of the key that signs. */
  primary?: number;
  worldReadable: boolean;
}

export interface KeyRepository {
  /** Primary first, then by descending number, the staged key last: the order in which Python tries them. */
  current(): readonly FernetKey[];
  /** Looks again, now. True where the keys are others than before. Cheap where nothing changed: a few `stat`. */
  refresh(): boolean;
  status(): KeyStatus;
  /** Stops watching; the keys stay usable. */
  close(): void;
}

interface Held {
  keys: readonly FernetKey[];
  texts: readonly string[];
  primary?: number;
  fingerprint: string;
  worldReadable: boolean;
}

const NOTHING: Held = { keys: [], texts: [], fingerprint: '', worldReadable: false };

const parse = (directory: string, { number, text }: KeyFiles['keys'][number]): FernetKey => {
  try {
    return fernetKey(text);
  } catch {
    throw new KeyRepositoryError(directory, `holds a file ${number} that is no Fernet key`);
  }
};

/** Reads all keys; those that are known already keep their worked-out schedules. */
const load = (directory: string, held: Held): Held => {
  const { keys: files, fingerprint } = readKeyFiles(directory);
  const [primary] = files;
  return {
    keys: files.map((file) => held.keys[held.texts.indexOf(file.text)] ?? parse(directory, file)),
    texts: files.map(({ text }) => text),
    fingerprint,
    worldReadable: isWorldReadable(directory),
    ...(primary && { primary: primary.number }),
  };
};

interface Holder {
  held(): Held;
  problem(): KeyRepositoryError | undefined;
  refresh(): boolean;
}

const holder = (directory: string, optional: boolean): Holder => {
  let held = NOTHING;
  let problem: KeyRepositoryError | undefined;

  const take = (): boolean => {
    if (!problem && held !== NOTHING && fingerprint(directory) === held.fingerprint) return false;
    const found = load(directory, held);
    const lost = found.keys.length === 0 && (held.keys.length > 0 || !optional);
    if (lost) throw new KeyRepositoryError(directory, 'holds no keys');
    const changed = found.texts.join('\0') !== held.texts.join('\0');
    [held, problem] = [found, undefined];
    return changed;
  };
  const refresh = (): boolean => {
    try {
      return take();
    } catch (caught) {
      const error = asRepositoryError(directory, caught);
      const expected = error.missing && optional && held.keys.length === 0;
      problem = expected ? undefined : error;
      return false;
    }
  };
  return { held: () => held, problem: () => problem, refresh };
};

/**
 * The keys of a directory, read once, kept, and read again when the directory changes: watched, looked at from time to
 * time, and asked by whoever meets a text that no key fits ({@link withKeys}). What cannot be read later leaves the
 * last keys in use and is told by `status()`.
 * @throws KeyRepositoryError where it cannot be read at the start, or holds no key
 */
export const keyRepository = (directory: string, options: KeyRepositoryOptions): KeyRepository => {
  const { label, optional = false, pollSeconds = 5 } = options;
  const { held, problem, refresh } = holder(directory, optional);
  refresh();
  const unusable = problem();
  if (unusable) throw new KeyRepositoryError(directory, `${unusable.problem}, and ${label} needs it`);
  return {
    current: () => held().keys,
    refresh,
    status: () => {
      const { keys, primary, worldReadable } = held();
      const wrong = problem();
      return {
        label,
        directory,
        ok: wrong === undefined,
        ...(wrong && { problem: wrong.message }),
        keys: keys.length,
        ...(primary !== undefined && { primary }),
        worldReadable,
      };
    },
    close: watchDirectory(directory, { changed: refresh, pollSeconds }),
  };
};

/**
 * Reads something with the keys, and once more with newly read ones where none fits and the directory has others: a
 * token that another node made with a key younger than our last look is no stranger's.
 */
export const withKeys = <T>(repository: KeyRepository, read: (keys: readonly FernetKey[]) => T): T => {
  try {
    return read(repository.current());
  } catch (error) {
    if (!(error instanceof TokenError) || error.reason !== 'key' || !repository.refresh()) throw error;
    return read(repository.current());
  }
};
