import { chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { installServers, required } from './install.ts';
import { BARE_ENVIRONMENT, type Context, type Part } from './part.ts';
import { run } from './run.ts';

/** The account that may do everything, binlog included. */
const ADMIN = 'stack';

/** MariaDB with its binlog in row format. What it holds survives `down`, but not a loss of power: nothing is synced. */
export async function mariadb({ folder: stackFolder, state }: Context): Promise<Part> {
  const { mariadbd } = await installServers(['mariadbd']);
  const folder = join(stackFolder, 'mariadb');
  const port = state.ports.mariadb;
  const account = accountFor(folder);
  const url = adminUrl({ folder: stackFolder, state });
  return {
    name: 'mariadb',
    folder,
    command: mariadbd,
    args: serverOptions(folder, port, account),
    env: BARE_ENVIRONMENT,
    ports: [port],
    files: { 'init.sql': accountsSql({ folder, state }), 'client.cnf': clientFile({ folder, state }) },
    reads: [],
    prepare: () => layDown(folder, account),
    isReady: async () => (await query(url, 'SELECT 1')).length === 1,
  };
}

/** `mysql://` URL of the account that may do everything. */
export function adminUrl({ state }: Context, database = ''): string {
  return `mysql://${ADMIN}:${state.secrets.root}@127.0.0.1:${state.ports.mariadb}/${database}`;
}

export type Row = Record<string, unknown>;

/** Runs statements. Returns the rows of the last one, none when it gives none. */
export async function query(url: string, text: string): Promise<Row[]> {
  const connection = await createConnection({ uri: url, multipleStatements: true, connectTimeout: 5000 });
  try {
    const [results] = await connection.query(text);
    return rowsOf(results);
  } finally {
    await connection.end();
  }
}

// One statement gives its rows, or a header when it has none; several give a list of these.
function rowsOf(results: unknown): Row[] {
  if (!Array.isArray(results)) return [];
  const last: unknown = results.at(-1);
  if (Array.isArray(last)) return last as Row[];
  const isHeader = typeof last === 'object' && last !== null && last.constructor.name === 'ResultSetHeader';
  return isHeader ? [] : (results as Row[]);
}

function serverOptions(folder: string, port: number, account: readonly string[]): string[] {
  return [
    '--no-defaults',
    ...account,
    `--datadir=${join(folder, 'data')}`,
    // Under the data folder: the path of a socket may not be longer than 107 bytes.
    '--socket=socket',
    `--pid-file=${join(folder, 'mariadbd.pid')}`,
    `--init-file=${join(folder, 'init.sql')}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    '--skip-name-resolve',
    '--character-set-server=utf8mb3',
    '--max-connections=300',
    '--log-bin=binlog',
    '--binlog-format=ROW',
    '--server-id=1',
    '--expire-logs-days=1',
    '--sync-binlog=0',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-buffer-pool-size=256M',
    '--innodb-log-file-size=32M',
  ];
}

// A mariadbd started by root becomes another user, who must be able to walk to its folder. Where he cannot, as below
// /root, it stays root: its port is on loopback and its passwords are of this stack only.
function accountFor(folder: string): string[] {
  if (process.getuid?.() !== 0) return [];
  return [isReachable(folder) ? '--user=mysql' : '--user=root'];
}

function isReachable(folder: string): boolean {
  const openToAll = !existsSync(folder) || (statSync(folder).mode & 0o001) !== 0;
  return openToAll && (folder === dirname(folder) || isReachable(dirname(folder)));
}

async function layDown(folder: string, account: readonly string[]): Promise<void> {
  if (account.includes('--user=mysql')) await giveToMysql(folder);
  const data = join(folder, 'data');
  if (existsSync(data)) return;
  const half = join(folder, 'data.new');
  rmSync(half, { recursive: true, force: true });
  const options = ['--no-defaults', ...account, `--datadir=${half}`, '--skip-test-db', '--innodb-log-file-size=32M'];
  await run(required('mariadb-install-db'), [...options, '--auth-root-authentication-method=socket']);
  renameSync(half, data);
}

async function giveToMysql(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const [uid, gid] = (await Promise.all(['-u', '-g'].map((which) => run('id', [which, 'mysql'])))).map(Number);
  if (uid === undefined || gid === undefined) throw new Error('there is no user mysql');
  for (const path of [folder, join(folder, 'init.sql')]) chownSync(path, uid, gid);
}

// Read at every start, before the first connection.
function accountsSql({ state: { secrets } }: Context): string {
  return [
    'CREATE DATABASE IF NOT EXISTS keystone CHARACTER SET utf8mb3;',
    `CREATE OR REPLACE USER '${ADMIN}'@'127.0.0.1' IDENTIFIED BY '${secrets.root}';`,
    `GRANT ALL ON *.* TO '${ADMIN}'@'127.0.0.1' WITH GRANT OPTION;`,
    `CREATE OR REPLACE USER 'keystone'@'127.0.0.1' IDENTIFIED BY '${secrets.database}';`,
    `GRANT ALL ON keystone.* TO 'keystone'@'127.0.0.1';`,
    '',
  ].join('\n');
}

function clientFile({ state }: Context): string {
  return [
    '[client]',
    'protocol = tcp',
    'host = 127.0.0.1',
    `port = ${state.ports.mariadb}`,
    `user = ${ADMIN}`,
    `password = ${state.secrets.root}`,
    '',
  ].join('\n');
}
