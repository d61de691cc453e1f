import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { installPython, required, type PythonKeystone } from './install.ts';
import { confFile, confFolder, KEY_REPOSITORIES } from './keystone-conf.ts';
import { adminUrl, query } from './mariadb.ts';
import { BARE_ENVIRONMENT, type Context } from './part.ts';
import { run } from './run.ts';

export const REGION = 'RegionOne';

/** Runs keystone-manage on the stack's keystone.conf. Returns what it printed. */
export async function keystoneManage(
  context: Pick<Context, 'folder'>,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { manage } = await installPython();
  const env = { ...BARE_ENVIRONMENT, ...environment };
  return run(manage, ['--config-file', confFile(context), ...args, ...ownerOptions(args)], { env });
}

// Those that write keys want to be told whose they shall be, when root runs them (BasePermissionsSetup in
// keystone/cmd/cli.py).
const WRITES_KEYS = /^(create_jws_keypair|credential_(setup|rotate|migrate)|(fernet|receipt|token)_(setup|rotate))$/;

function ownerOptions([command = '', ...options]: readonly string[]): string[] {
  if (process.getuid?.() !== 0 || !WRITES_KEYS.test(command) || options.includes('--keystone-user')) return [];
  return ['--keystone-user', 'root', '--keystone-group', 'root'];
}

/** Fills the key repositories that are empty. */
export async function makeKeys(context: Context): Promise<void> {
  const empty = KEY_REPOSITORIES.filter((name) => readdirSync(join(confFolder(context), name)).length === 0);
  // `fernet-keys` by `fernet_setup`, and so on.
  await Promise.all(empty.map((name) => keystoneManage(context, [name.replace('-keys', '_setup')])));
}

/** Lays Keystone's schema down and bootstraps it, unless that was done: needs MariaDB and the keys. */
export async function makeDatabase(context: Context, log: (line: string) => void): Promise<void> {
  // Beside the data that it speaks of, so the two go together; written last, so half a schema is made anew. What it
  // says is the URL in the catalog: after a change of ports a second bootstrap corrects the endpoints.
  const stamp = join(context.folder, 'mariadb', 'bootstrapped');
  const url = `http://127.0.0.1:${context.state.ports.envoy}/v3`;
  const earlier = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
  if (earlier === url) return;
  if (earlier === undefined) {
    await query(adminUrl(context), 'DROP DATABASE keystone; CREATE DATABASE keystone CHARACTER SET utf8mb3');
    await layDownSchema(context, log);
  }
  log('keystone-manage bootstrap');
  await keystoneManage(context, ['bootstrap'], bootstrapOptions(context, url));
  writeFileSync(stamp, url);
}

// Its migrations take half a minute; what they leave is the same each time.
async function layDownSchema(context: Context, log: (line: string) => void): Promise<void> {
  const dump = schemaDump(await installPython());
  const client = [`--defaults-file=${join(context.folder, 'mariadb', 'client.cnf')}`];
  if (existsSync(dump)) {
    await run(required('mariadb'), [...client, 'keystone'], { input: readFileSync(dump, 'utf8') });
    return;
  }
  log('keystone-manage db_sync');
  await keystoneManage(context, ['db_sync']);
  const text = await run(required('mariadb-dump'), [...client, 'keystone']);
  mkdirSync(join(dump, '..'), { recursive: true });
  const half = `${dump}.${process.pid}`;
  writeFileSync(half, text);
  renameSync(half, dump);
}

function schemaDump({ version }: PythonKeystone): string {
  return join(cacheFolder(), 'schema', `keystone-${version}.sql`);
}

// In the environment, because everybody on the machine can read a command line.
function bootstrapOptions({ state }: Context, url: string): Record<string, string> {
  return {
    OS_BOOTSTRAP_PASSWORD: state.secrets.admin,
    OS_BOOTSTRAP_REGION_ID: REGION,
    OS_BOOTSTRAP_PUBLIC_URL: url,
    OS_BOOTSTRAP_INTERNAL_URL: url,
    OS_BOOTSTRAP_ADMIN_URL: url,
  };
}
