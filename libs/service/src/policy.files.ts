import { readdirSync, readFileSync, statSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { findBesideConfig, type ConfigSources } from '@keystone/config';
import { compilePolicy, parsePolicyText, PolicyFileError, type Policy, type PolicyOverrides } from '@keystone/policy';

export interface PolicyFilesOptions {
  /** `[oslo_policy] policy_file`: absolute, or looked for beside the configuration. It need not exist. */
  policyFile: string;
  /** `[oslo_policy] policy_dirs`, likewise. Their files count after `policyFile`, in the order of their names. */
  policyDirs: readonly string[];
  /** Where the configuration itself was read from. */
  sources: ConfigSources;
  /** `[oslo_policy] enforce_new_defaults` */
  enforceNewDefaults: boolean;
  /** `[oslo_policy] policy_default_rule` */
  defaultRule: string;
}

export interface PolicyLog {
  info: (message: string, fields?: Record<string, unknown>) => void;
  warn: (message: string, fields?: Record<string, unknown>) => void;
  error: (message: string, fields?: Record<string, unknown>) => void;
}

export interface PolicyFiles {
  /**
   * The rules as the files have them now: what changed is read before this returns. A broken file is logged, and the
   * last good rules go on. Costs a stat for each file and directory, so a few microseconds.
   */
  current: () => Policy;
}

/** A path that the rules depend on, and how it was when they were read; a missing one is part of that. */
interface Sighting {
  path: string;
  stats: Stats | undefined;
  /** Changed so shortly before that a later change may bear the same time (the kernel's clock ticks in 4 to 10 ms). */
  fresh: boolean;
}

const FRESH_MS = 50;

/** Looks at paths and remembers them. */
type Look = (path: string) => Stats | undefined;

// What cannot be looked at (ENOTDIR, EACCES) counts as missing, as Python's os.path.exists has it.
const statOf = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};

const unchanged = ({ path, stats: before, fresh }: Sighting): boolean => {
  const now = statOf(path);
  if (!before || !now) return before === now;
  // The change time moves with every write and rename and cannot be set back, unlike the modification time.
  return !fresh && now.ino === before.ino && now.size === before.size && now.ctimeMs === before.ctimeMs;
};

/** The directories of the configuration in the order oslo.config searches them (cfg.py, find_file). */
const configDirectories = ({ files = [], dirs = [], sources = [] }: ConfigSources): string[] => {
  const fromDirs = [...dirs, ...sources.flatMap((source) => ('dir' in source ? [source.dir] : []))];
  const fromFiles = [...files, ...sources.flatMap((source) => ('file' in source ? [source.file] : []))];
  return [...new Set([...fromDirs, ...fromFiles.map((file) => dirname(file)).toReversed()])].map((dir) => resolve(dir));
};

/**
 * Where a name lies. Beside the configuration, a file that appears later is noticed; the default places (~/.keystone,
 * /etc/keystone …) are only searched when rules are read anyway, to keep the look before each decision cheap.
 */
const locate = (name: string, sources: ConfigSources, look: Look): string | undefined => {
  const candidates = isAbsolute(name) ? [name] : configDirectories(sources).map((dir) => join(dir, name));
  const near = candidates.find((path) => look(path));
  if (near !== undefined) return near;
  const far = findBesideConfig(name, sources);
  return far !== undefined && look(far) ? far : undefined;
};

const attempt = <T>(path: string, read: () => T): T => {
  try {
    return read();
  } catch (error) {
    throw new PolicyFileError(path, `cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
};

/** The files of a policy directory, without those in its subdirectories and those that begin with a dot. */
const filesIn = (dir: string, look: Look): string[] => {
  if (look(dir)?.isDirectory() === false) throw new PolicyFileError(dir, 'is not a directory');
  return attempt(dir, () => readdirSync(dir))
    .filter((name) => !name.startsWith('.'))
    .toSorted()
    .map((name) => join(dir, name))
    .filter((path) => look(path)?.isDirectory() === false);
};

const locateAll = ({ policyFile, policyDirs, sources }: PolicyFilesOptions, look: Look): string[] => {
  const file = locate(policyFile, sources, look);
  const dirs = policyDirs.flatMap((name) => locate(name, sources, look) ?? []);
  return [...(file === undefined ? [] : [file]), ...dirs.flatMap((dir) => filesIn(dir, look))];
};

const readText = (path: string): string =>
  attempt(path, () => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));

const compile = (options: PolicyFilesOptions, texts: ReadonlyMap<string, string>, log: PolicyLog): Policy => {
  const files: PolicyOverrides[] = [...texts].map(([path, text]) => parsePolicyText(text, path));
  const policy = compilePolicy({
    overrides: Object.fromEntries(files.flatMap((rules) => Object.entries(rules))),
    enforceNewDefaults: options.enforceNewDefaults,
    defaultRule: options.defaultRule,
    onUndecidable: (action, reason) => log.warn('a policy rule cannot be decided, so it denies', { action, reason }),
  });
  for (const problem of policy.problems) log.warn('a policy rule is broken', { problem });
  log.info('policy rules read', { files: [...texts.keys()] });
  return policy;
};

const sameTexts = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  JSON.stringify([...one]) === JSON.stringify([...other]);

interface Loaded {
  texts: ReadonlyMap<string, string>;
  policy: Policy;
}

/**
 * The operator's policy files, found and merged as oslo.policy does (policy.py, load_rules), and watched.
 *
 * @param clock milliseconds of the Unix epoch
 * @throws PolicyFileError if a file is broken at the start.
 */
export const policyFiles = (options: PolicyFilesOptions, log: PolicyLog, clock = Date.now): PolicyFiles => {
  let sightings: Sighting[] = [];
  let complaint: string | undefined;

  const look: Look = (path) => {
    const stats = statOf(path);
    sightings.push({ path, stats, fresh: stats !== undefined && Math.abs(clock() - stats.ctimeMs) < FRESH_MS });
    return stats;
  };

  const load = (last?: Loaded): Loaded => {
    sightings = [];
    // Looked at before it is read: what changes in between is seen at the next look.
    const texts = new Map(locateAll(options, look).map((path) => [path, readText(path)]));
    if (last && sameTexts(texts, last.texts)) return last;
    return { texts, policy: compile(options, texts, log) };
  };

  const reload = (last: Loaded): Loaded => {
    try {
      const next = load(last);
      complaint = undefined;
      return next;
    } catch (error) {
      if (!(error instanceof PolicyFileError)) throw error;
      if (complaint !== error.message)
        log.error('policy rules not read, the last good ones go on', { error: error.message });
      complaint = error.message;
      return last;
    }
  };

  let loaded = load();
  return {
    current: () => {
      if (!sightings.every(unchanged)) loaded = reload(loaded);
      return loaded.policy;
    },
  };
};
