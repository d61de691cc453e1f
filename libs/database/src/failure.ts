import { unavailableError, type KeystoneError } from '@keystone/errors';

/**
 * What a failed statement means to us:
 * - `duplicate`, `reference`: the data say no; stores translate these;
 * - `collision`: somebody else was faster (deadlock, lock wait, Galera's certification, busy file): the transaction is
 *   undone and may be run again;
 * - `lost`: the connection broke under the statement; another one may be there at once;
 * - `crowded`: too many want a connection, or the only one;
 * - `unreachable`: no use asking again now.
 */
export type FailureKind = 'duplicate' | 'reference' | 'collision' | 'lost' | 'crowded' | 'unreachable' | 'other';

/**
 * A statement that failed. Says which and by which error of the engine, but no values: neither the parameters nor the
 * server's sentence, which quotes them.
 */
export class StatementError extends Error {
  readonly kind: FailureKind;
  /** The engine's own name, or number where it has none: `ER_DUP_ENTRY`, `SQLITE_2067`, `ECONNREFUSED`. */
  readonly code: string;
  readonly sql: string;

  constructor(kind: FailureKind, code: string, sql: string) {
    super(`${code} in: ${sql.slice(0, 200)}`);
    this.name = 'StatementError';
    this.kind = kind;
    this.code = code;
    this.sql = sql;
  }
}

/** The code of the error that no connection of the pool became free in time. */
export const POOL_TIMEOUT = 'POOL_TIMEOUT';

const MYSQL_KINDS = new Map<number, FailureKind>([
  ...numbered('duplicate', [1062, 1586]),
  ...numbered('reference', [1216, 1217, 1451, 1452]),
  // 1020 is MariaDB's word for a collision under innodb_snapshot_isolation, its default from 11.6 on.
  ...numbered('collision', [1020, 1205, 1213]),
  // Shut down, connection killed, gone away, idle for too long.
  ...numbered('lost', [1053, 1927, 2006, 2013, 4031]),
  // Too many connections: of the server, of the user, of the user in an hour.
  ...numbered('crowded', [1040, 1203, 1226]),
  // Galera without quorum (1047); read only, so no longer the primary; interrupted, or longer than the server allows.
  ...numbered('unreachable', [1047, 1290, 1317, 1792, 1836, 1969, 3024]),
]);

const SQLITE_KINDS = new Map<number, FailureKind>([
  ...numbered('duplicate', [1555, 2067, 2579]),
  ...numbered('reference', [787]),
  ...numbered('collision', [5, 6]),
  // Read only, I/O error, disk full, cannot open.
  ...numbered('unreachable', [8, 10, 13, 14]),
]);

function numbered(kind: FailureKind, numbers: number[]): [number, FailureKind][] {
  return numbers.map((number) => [number, kind]);
}

/** The members by which mysql2 and node:sqlite tell what happened; TypeORM's error carries the driver's inside. */
interface DriverError {
  driverError?: DriverError;
  code?: string;
  errno?: number;
  errcode?: number;
  fatal?: boolean;
}

const mysqlKind = ({ code, errno = 0, fatal }: DriverError): FailureKind =>
  MYSQL_KINDS.get(errno) ?? (code === 'PROTOCOL_SEQUENCE_TIMEOUT' ? 'unreachable' : fatal ? 'lost' : 'other');

const sqliteKind = (errcode: number): FailureKind =>
  SQLITE_KINDS.get(errcode) ?? SQLITE_KINDS.get(errcode & 0xff) ?? 'other';

/** Reads a driver's error; an error that is none of a driver's stays what it is. */
export const failureOf = (error: unknown, sql: string): unknown => {
  if (!(error instanceof Error) || error instanceof StatementError) return error;
  const driver = (error as DriverError).driverError ?? (error as DriverError);
  if (driver.errcode !== undefined)
    return new StatementError(sqliteKind(driver.errcode), `SQLITE_${driver.errcode}`, sql);
  if (driver.errno === undefined && driver.code === undefined && !driver.fatal) return error;
  return new StatementError(mysqlKind(driver), driver.code ?? `MYSQL_${driver.errno}`, sql);
};

/** A connection that could not be had, whatever the reason: refused, unknown host, wrong password, none free. */
export const unconnected = (error: unknown): StatementError => {
  const { code, errno = 0 } = error as DriverError;
  const kind = MYSQL_KINDS.get(errno) === 'crowded' || code === POOL_TIMEOUT ? 'crowded' : 'unreachable';
  return new StatementError(kind, code ?? (error as Error).message, 'connect');
};

const UNAVAILABLE: Partial<Record<FailureKind, string>> = {
  collision: 'The database is busy',
  crowded: 'The database is busy',
  lost: 'The database cannot be reached',
  unreachable: 'The database cannot be reached',
};

/** What leaves this library: 503 where only the database is at fault, else the error itself. */
export const forCaller = (error: unknown): unknown => {
  if (!(error instanceof StatementError)) return error;
  const what = UNAVAILABLE[error.kind];
  return what ? because(unavailableError(what), error) : error;
};

const because = (answer: KeystoneError, cause: StatementError): KeystoneError => {
  answer.cause = cause;
  answer.detail.reason = cause.message;
  return answer;
};

/** Whether a row with that key is there already: MySQL's ER_DUP_ENTRY, SQLite's unique and primary keys. */
export const isDuplicate = (error: unknown): boolean => error instanceof StatementError && error.kind === 'duplicate';

/** Whether a foreign key said no: the row referred to is missing, or is still referred to. */
export const violatesForeignKey = (error: unknown): boolean =>
  error instanceof StatementError && error.kind === 'reference';
