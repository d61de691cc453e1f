import { readFileSync } from 'node:fs';
import * as mysql2 from 'mysql2';
import type { PoolConnection } from 'mysql2';
import { DataSource, type EntitySchema, type QueryRunner } from 'typeorm';
import { findingNothing } from './astral.ts';
import { POOL_TIMEOUT, StatementError, unconnected } from './failure.ts';
import { guard, silent, type Guards } from './guard.ts';
import type { DatabaseUrl } from './kind.ts';

type MysqlUrl = Extract<DatabaseUrl, { kind: 'mysql' }>;

export interface MysqlLimits {
  entities: EntitySchema[];
  poolSize: number;
  connectTimeout: number;
  acquireTimeout: number;
  statementTimeout: number;
}

/** What we use of TypeORM's driver and runner below their public types. */
interface Driver {
  obtainMasterConnection(): Promise<PoolConnection>;
  createQueryRunner(mode: 'master' | 'slave'): QueryRunner;
}
interface Runner {
  databaseConnection: PoolConnection | undefined;
  databaseConnectionPromise: Promise<PoolConnection> | undefined;
}

// TRADITIONAL is what Python's sessions have (oslo.db, mysql_sql_mode): a value too long is an error, not cut short. Set
// by us it also never contains NO_BACKSLASH_ESCAPES, under which the values mysql2 writes into a statement could break
// out of their quotes. A lock is waited for less long than a client waits for us.
const SESSION = `SET SESSION sql_mode = 'TRADITIONAL', innodb_lock_wait_timeout = 3`;

const KEEPALIVE_MS = 10_000;

/**
 * A data source on mysql2's pool whose every statement is guarded. Not yet connected.
 *
 * Statements go as text, not prepared: prepared ones cost 66 instead of 80 µs of CPU in a three-way join and 73 instead
 * of 75 in a lookup by key (mysql2 3.24, Node 26, MariaDB 10.11, loopback), but each keeps a place on the server for each
 * connection (max_prepared_stmt_count), and proxies between us and the server do not all carry them.
 */
export const mysqlSource = (url: MysqlUrl, limits: MysqlLimits, guards: Guards): DataSource => {
  const source = new DataSource({
    type: 'mysql',
    driver: mysql2,
    host: url.host,
    port: url.port,
    username: url.user,
    password: url.password,
    database: url.database,
    ...(url.socketPath !== undefined && { socketPath: url.socketPath }),
    ...(url.ssl && { ssl: tls(url.ssl) }),
    charset: charsetOf(url),
    timezone: 'Z',
    dateStrings: true,
    bigNumberStrings: false,
    synchronize: false,
    entities: limits.entities,
    logger: silent,
    poolSize: limits.poolSize,
    connectTimeout: limits.connectTimeout,
    maxQueryExecutionTime: limits.statementTimeout,
    enableQueryTimeout: true,
    extra: { enableKeepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS },
  });
  const driver = source.driver as unknown as Driver;
  driver.obtainMasterConnection = obtaining(driver.obtainMasterConnection.bind(driver), limits.acquireTimeout);
  const create = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => guard(findingNothing(create(mode)), { ...guards, onFailure: partFromBroken });
  return source;
};

// An older URL's utf8 is as oslo.db's default: three bytes at most. mysql2 would split a longer character into two halves
// then (CESU-8), which MariaDB keeps and Python cannot read back. As utf8mb4 the server itself refuses it.
const charsetOf = ({ charset = 'utf8mb4' }: MysqlUrl): string =>
  /^utf8(mb[34])?$/i.test(charset) ? 'UTF8MB4_GENERAL_CI' : charset;

// As PyMySQL: verified against a CA if one is named, and then without regard to the host's name.
const tls = ({ ca, cert, key }: NonNullable<MysqlUrl['ssl']>) => ({
  ...(ca !== undefined && { ca: readFileSync(ca) }),
  ...(cert !== undefined && { cert: readFileSync(cert) }),
  ...(key !== undefined && { key: readFileSync(key) }),
  rejectUnauthorized: ca !== undefined,
});

/** mysql2 waits for a free connection without bound; we do not. A new one is given its session's settings first. */
const obtaining = (obtain: () => Promise<PoolConnection>, timeout: number) => {
  const settled = new WeakSet<PoolConnection>();
  const settle = async (connection: PoolConnection): Promise<PoolConnection> => {
    if (settled.has(connection)) return connection;
    try {
      await connection.promise().query({ sql: SESSION, timeout });
    } catch (error) {
      connection.destroy();
      throw error;
    }
    return connection;
  };

  return async (): Promise<PoolConnection> => {
    const obtained = obtain();
    try {
      const connection = await settle(await within(obtained, timeout));
      settled.add(connection);
      return connection;
    } catch (error) {
      throw unconnected(error);
    }
  };
};

const within = (obtained: Promise<PoolConnection>, timeout: number): Promise<PoolConnection> =>
  new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      reject(Object.assign(new Error('No connection became free in time'), { code: POOL_TIMEOUT }));
    }, timeout);
    obtained.then(
      (connection) => (late ? connection.release() : (clearTimeout(timer), resolve(connection))),
      (error: Error) => (clearTimeout(timer), reject(error)),
    );
  });

/**
 * A connection that timed out still owes its answer, and one to a server that became read only leads to yesterday's
 * primary: neither goes back into the pool.
 */
const partFromBroken = (runner: QueryRunner, error: unknown): void => {
  if (!(error instanceof StatementError) || (error.kind !== 'lost' && error.kind !== 'unreachable')) return;
  const held = runner as unknown as Runner;
  held.databaseConnection?.destroy();
  if (runner.isTransactionActive) return;
  held.databaseConnection = undefined;
  held.databaseConnectionPromise = undefined;
};
