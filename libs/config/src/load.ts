import { readdirSync, readFileSync } from 'node:fs';
import { resolve as absolute, join } from 'node:path';
import { ConfigError, mapGathering } from './config-error.ts';
import { parseConfigFile, type ConfigFile } from './config-file.ts';
import type { Environment } from './layers.ts';
import { expandHome } from './locations.ts';
import { OPTIONS, type Config } from './options/index.ts';
import { resolve } from './resolve.ts';

export type ConfigSource = { readonly file: string } | { readonly dir: string };

/** Texts for options of `[kts]` that go before every file and the environment. */
export type Overrides = Readonly<Partial<Record<keyof Config['kts'], string>>>;

/** Where the configuration is written. A later file wins; of a directory, its `*.conf` in the order of their names. */
export interface ConfigSources {
  readonly files?: readonly string[];
  /** Read after the files. */
  readonly dirs?: readonly string[];
  /** Files and directories in an order of their own, read after `files` and `dirs`. */
  readonly sources?: readonly ConfigSource[];
  /** `OS_<SECTION>__<OPTION>` goes before every file. Nothing is read from the process unless its env is given. */
  readonly env?: Environment;
  readonly overrides?: Overrides;
}

const reason = (error: unknown): string => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES') return 'may not be read';
  return code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8' : `cannot be read (${code ?? String(error)})`;
};

const named = <T>(path: string, read: (path: string) => T): T => {
  try {
    return read(path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${path}: ${reason(error)}`]);
  }
};

// As Python reads it: a byte order mark is part of the first line (and makes it an error), bad UTF-8 is an error.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const readConfigFile = (path: string): ConfigFile =>
  named(path, () => parseConfigFile(utf8.decode(readFileSync(path)), path));

const filesIn = (dir: string): string[] =>
  named(dir, () => readdirSync(dir))
    .filter((name) => name.endsWith('.conf') && !name.startsWith('.'))
    .toSorted()
    .map((name) => join(dir, name));

const readSource = (source: ConfigSource, env: Environment): ConfigFile[] => {
  const path = absolute(expandHome('file' in source ? source.file : source.dir, env));
  return mapGathering('file' in source ? [path] : filesIn(path), readConfigFile);
};

/**
 * The configuration, read as Python Keystone reads it: defaults, then files (cfg.py, --config-file and --config-dir),
 * then environment, then overrides. Unknown sections and options are left alone.
 *
 * @throws ConfigError naming every file that is missing or cannot be read, or every option with a wrong value.
 */
export const loadConfig = ({
  files = [],
  dirs = [],
  sources = [],
  env = {},
  overrides = {},
}: ConfigSources): Config => {
  const ordered = [...files.map((file) => ({ file })), ...dirs.map((dir) => ({ dir })), ...sources];
  const parsed = mapGathering(ordered, (source) => readSource(source, env)).flat();
  return resolve(OPTIONS, { files: parsed, environment: env, overrides: { kts: overrides } });
};
