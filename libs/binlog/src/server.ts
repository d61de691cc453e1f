import { setTimeout as delay } from 'node:timers/promises';
import { BinlogError } from './binlog-error.ts';
import type { ResultRow, Session } from './connection.ts';
import { gtidSetHolds } from './gtid.ts';
import { hasReached, type Position } from './position.ts';
import type { Transaction } from './transaction.ts';
import type { Catalogue, WatchedTables } from './watched.ts';

/** Names a server among those that an address may lead to. */
export const IDENTITY = `SELECT CONCAT_WS('/', @@hostname, @@port, @@server_id) AS identity`;

/** What has been committed, seen at one moment. */
export interface Glance {
  /** Whatever was committed before the question stands before here. */
  end: Position;
  /** Whether the transaction can be read by everybody: it stands in the log a moment earlier. */
  shows(transaction: Transaction): boolean;
}

/** A server whose binlog can be followed. */
export interface BinlogServer {
  identity: string;
  checksums: boolean;
  end(): Promise<Position>;
  /** A place behind everything that can be read by now, and before everything that cannot. */
  beginning(): Promise<Position>;
  glance(): Promise<Glance>;
}

const VARIABLES = [
  'log_bin',
  'binlog_format',
  'binlog_row_image',
  'binlog_checksum',
  'gtid_mode',
  'wsrep_on',
  'log_slave_updates',
  'version',
];

const setup = (message: string) => new BinlogError('setup', message);

/**
 * What the server is and whether its binlog holds what we need.
 * @throws BinlogError (setup) that says what to set or to grant
 */
export async function inspectServer(session: Session, account: string): Promise<BinlogServer> {
  const names = VARIABLES.map((name) => `'${name}'`).join(', ');
  const [variables = [], [named] = []] = await session.query(
    `SHOW VARIABLES WHERE Variable_name IN (${names}); ${IDENTITY}`,
  );
  const value = new Map(variables.map((row) => [String(row['Variable_name']), String(row['Value'])]));
  const mariadb = /mariadb/i.test(value.get('version') ?? '');
  requireRows(value, mariadb);
  const statement = await statusStatement(session, { mariadb, account });
  const server = mariadb ? mariadbServer(session, statement) : mysqlServer(session, statement);
  return { ...server, identity: String(named?.['identity']), checksums: value.get('binlog_checksum') === 'CRC32' };
}

function requireRows(value: ReadonlyMap<string, string>, mariadb: boolean): void {
  const restart = 'in the server’s configuration and restart it';
  if (value.get('log_bin') !== 'ON') throw setup(`the binlog is off: set log_bin = ON and a server_id ${restart}`);
  const format = value.get('binlog_format') ?? 'ROW';
  if (format !== 'ROW') throw setup(`binlog_format is ${format}: SET GLOBAL binlog_format = ROW, and ${restart}`);
  const image = value.get('binlog_row_image') ?? 'FULL';
  if (!image.startsWith('FULL')) {
    throw setup(`binlog_row_image is ${image}: SET GLOBAL binlog_row_image = FULL, also ${restart}`);
  }
  if (!mariadb && value.get('gtid_mode') !== 'ON')
    throw setup(`gtid_mode is not ON: without it MySQL does not say what can be read`);
  if (value.get('wsrep_on') === 'ON' && value.get('log_slave_updates') !== 'ON') {
    throw setup(`this Galera node logs only its own writes: set log_slave_updates = ON ${restart}`);
  }
}

const WORDINGS = ['SHOW MASTER STATUS', 'SHOW BINARY LOG STATUS'] as const;

/** MySQL 8.4 has given the statement another name. */
async function statusStatement(
  session: Session,
  { mariadb, account }: { mariadb: boolean; account: string },
): Promise<string> {
  const grant = `GRANT REPLICATION SLAVE, ${mariadb ? 'BINLOG MONITOR' : 'REPLICATION CLIENT'} ON *.* TO ${account}`;
  let trouble: unknown;
  for (const statement of WORDINGS) {
    try {
      const [[status] = []] = await session.query(statement);
      requireDatabases(status);
      return statement;
    } catch (error) {
      if (error instanceof BinlogError && error.kind === 'setup') throw denied(error, grant);
      trouble = error;
    }
  }
  throw trouble;
}

const denied = (error: BinlogError, grant: string) =>
  /denied/i.test(error.message) ? setup(`${error.message}: ${grant}`) : error;

function requireDatabases(status: ResultRow | undefined): void {
  for (const [option, name] of [
    ['binlog_do_db', 'Binlog_Do_DB'],
    ['binlog_ignore_db', 'Binlog_Ignore_DB'],
  ] as const) {
    if (status?.[name]) throw setup(`${option} keeps databases out of the binlog: take it out of the configuration`);
  }
}

const position = (file: unknown, offset: unknown): Position => ({ file: String(file), offset: Number(offset) });

const endOf = (status: ResultRow | undefined): Position => {
  if (!status?.['File']) throw new BinlogError('lost', 'the server does not say where its binlog ends');
  return position(status['File'], status['Position']);
};

type Flavour = Pick<BinlogServer, 'end' | 'beginning' | 'glance'>;

/**
 * A snapshot of MariaDB's says up to where of the binlog it shows (MDEV-232). The log itself is ahead of what can be
 * read: InnoDB commits after the log is written, and a reader told too early would keep the old row.
 */
function mariadbServer(session: Session, status: string): Flavour {
  const glance = async (): Promise<Glance> => {
    const [rows = []] = await session.query(
      `START TRANSACTION WITH CONSISTENT SNAPSHOT; SHOW STATUS LIKE 'Binlog\\_snapshot\\_%'; COMMIT`,
    );
    const value = new Map(rows.map((row) => [String(row['Variable_name']).toLowerCase(), row['Value']]));
    const file = value.get('binlog_snapshot_file');
    if (!file) throw new BinlogError('lost', 'the server does not say what of its binlog can be read');
    const end = position(file, value.get('binlog_snapshot_position'));
    return { end, shows: (transaction) => hasReached(end, transaction.end) };
  };
  return {
    glance,
    end: async () => endOf((await session.query(status))[0]?.[0]),
    beginning: async () => (await glance()).end,
  };
}

/** Milliseconds within which what stands in MySQL's log is committed by its engines. */
const COMMITTING = 1_000;

/** MySQL adds a transaction to gtid_executed once its engines have committed it. */
function mysqlServer(session: Session, status: string): Flavour {
  const end = async () => endOf((await session.query(status))[0]?.[0]);
  return {
    end,
    async beginning() {
      // Nothing tells what of the log before here is being committed just now.
      const begun = await end();
      await delay(COMMITTING);
      return begun;
    },
    async glance() {
      const [[standing] = [], [row] = []] = await session.query(`${status}; SELECT @@GLOBAL.gtid_executed AS executed`);
      const executed = String(row?.['executed']).replaceAll(/\s/g, '');
      return { end: endOf(standing), shows: ({ gtid }) => gtid === null || gtidSetHolds(executed, gtid) };
    },
  };
}

/** @throws BinlogError (setup) where not one of the tables can be seen */
export async function readCatalogue(session: Session, database: string, tables: WatchedTables): Promise<Catalogue> {
  const [rows = []] = await session.query(
    `SELECT table_name AS tbl, column_name AS col, column_type AS kind FROM information_schema.columns
      WHERE table_schema = ? AND table_name IN (?) ORDER BY table_name, ordinal_position`,
    [database, Object.keys(tables)],
  );
  if (rows.length === 0) {
    throw setup(
      `no table of the database ${database} can be seen: it is empty, or GRANT SELECT ON ${database}.* is due`,
    );
  }
  const found = Map.groupBy(rows, (row) => String(row['tbl']));
  return new Map(
    [...found].map(([table, columns]) => [
      table,
      columns.map((row) => ({ name: String(row['col']), labels: labelsOf(String(row['kind'])) })),
    ]),
  );
}

const labelsOf = (type: string): string[] =>
  /^enum\(/i.test(type)
    ? [...type.matchAll(/'((?:[^']|'')*)'/g)].map(([, label = '']) => label.replaceAll("''", "'"))
    : [];
