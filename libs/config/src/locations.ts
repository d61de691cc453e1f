import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve as absolute } from 'node:path';
import type { Environment } from './layers.ts';
import type { ConfigSources } from './load.ts';

const home = (env: Environment): string => env['HOME'] || homedir();

/** `~` and `~/x` in a path, as a shell would have written it. */
export const expandHome = (path: string, env: Environment): string => path.replace(/^~(?=\/|$)/, () => home(env));

const PROJECT = 'keystone';

const searchPath = (env: Environment): string[] => [
  join(home(env), `.${PROJECT}`),
  home(env),
  join('/etc', PROJECT),
  '/etc',
  ...['SNAP_COMMON', 'SNAP'].flatMap((name) => (env[name] ? [join(env[name], 'etc', PROJECT)] : [])),
];

const firstWith = (name: string, dirs: readonly string[]): string[] =>
  dirs
    .map((dir) => join(dir, name))
    .filter((path) => existsSync(path))
    .slice(0, 1);

const found = (env: Environment, program: string, extension: string): string[] =>
  [...new Set([PROJECT, program])].flatMap((name) => firstWith(name + extension, searchPath(env)));

/**
 * The files read where no --config-file is given: keystone.conf, then `program`.conf, each from the first of ~/.keystone,
 * ~, /etc/keystone, /etc and the snap's that has it (cfg.py, find_config_files). Empty if there is none.
 */
export const findConfigFiles = (env: Environment, program: string = PROJECT): string[] => found(env, program, '.conf');

/** The directories read where no --config-dir is given: keystone.conf.d, then `program`.conf.d, likewise. */
export const findConfigDirs = (env: Environment, program: string = PROJECT): string[] => found(env, program, '.conf.d');

const sourceDirs = ({ files = [], dirs = [], sources = [] }: ConfigSources): string[] => {
  const ordered = [...files.map((file) => ({ file })), ...dirs.map((dir) => ({ dir })), ...sources];
  const inDirs = ordered.flatMap((source) => ('dir' in source ? [source.dir] : []));
  const besideFiles = ordered.flatMap((source) => ('file' in source ? [dirname(source.file)] : []));
  return [...inDirs, ...besideFiles.toReversed()];
};

/**
 * Where a file lies that the configuration names without a path, such as `[oslo_policy] policy_file`: in a --config-dir,
 * beside a --config-file (the last first), or in the default places (cfg.py, find_file). Undefined if nowhere.
 */
export const findBesideConfig = (name: string, from: ConfigSources): string | undefined => {
  const env = from.env ?? {};
  if (name.startsWith('/')) return existsSync(name) ? name : undefined;
  const dirs = [...sourceDirs(from).map((dir) => absolute(expandHome(dir, env))), ...searchPath(env)];
  return firstWith(name, dirs)[0];
};
