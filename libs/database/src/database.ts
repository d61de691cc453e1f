import type { DataSource, EntityManager, EntitySchema } from 'typeorm';
import { forCaller, unconnected, StatementError } from './failure.ts';
import { gate, within, type Within } from './gate.ts';
import type { Guards, Observe } from './guard.ts';
import type { DatabaseUrl, Kind } from './kind.ts';
import { mysqlSource } from './mysql.ts';
import { jittered, persist, type Pause } from './retry.ts';
import { sqliteSource } from './sqlite.ts';
import { writeWatch, type Watch, type WriteWatch } from './watch.ts';

export interface Database {
  kind: Kind;
  /** For stores. Each statement on its own; `manager.transaction` is {@link Database.transaction}. */
  manager: EntityManager;
  /**
   * All of the work or nothing. It runs again from its start after a deadlock, so it must do nothing but ask and change
   * the database, and all of that through the manager it is given. It is no place to wait for another service.
   * @throws KeystoneError 503 when the database is gone or stays busy, else what the work throws
   */
  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T>;
  /** @throws KeystoneError 503 */
  ping(): Promise<void>;
  /**
   * Tells of every row that this process changes in these tables, from now on. Undefined on MySQL, whose binlog tells
   * what everybody changes.
   */
  watch?: Watch;
  close(): Promise<void>;
}

/** Times are in ms. */
export interface DatabaseOptions {
  entities: EntitySchema[];
  /** Connections at most. SQLite has one that writes and one that reads. */
  poolSize?: number;
  connectTimeout?: number;
  /** How long to wait for a free connection, or on SQLite for one's turn to write, before 503. */
  acquireTimeout?: number;
  /** How long one statement may take on MySQL before its connection is given up, and 503. */
  statementTimeout?: number;
  observe?: Observe;
  pause?: Pause;
}

const DEFAULTS = {
  poolSize: 10,
  connectTimeout: 5_000,
  acquireTimeout: 5_000,
  statementTimeout: 15_000,
  observe: (_sql, run) => run(),
} satisfies Omit<DatabaseOptions, 'entities'> & { observe: Observe };

/**
 * Connects. Once it has, the database may go and come back: what is asked meanwhile is 503.
 * @throws KeystoneError 503 when there is no connecting, e.g. for a wrong password; its `detail.reason` says why
 */
export const openDatabase = async (url: DatabaseUrl, given: DatabaseOptions): Promise<Database> => {
  const options = { ...DEFAULTS, pause: jittered(), ...given };
  const place = within();
  const writes = writeWatch();
  const source = sourceOf(url, options, { within: place, writes });
  try {
    await source.initialize();
  } catch (error) {
    throw forCaller(error instanceof StatementError ? error : unconnected(error));
  }

  const transaction = transactions(source, place, options.pause);
  Object.assign(source.manager, { transaction });
  return {
    kind: url.kind,
    manager: source.manager,
    transaction,
    ...(url.kind === 'sqlite' && { watch: writes.watch }),
    ping: async () => void (await source.query('SELECT 1')),
    async close() {
      writes.close();
      await source.destroy();
    },
  };
};

const sourceOf = (
  url: DatabaseUrl,
  options: Required<DatabaseOptions>,
  turn: { within: Within; writes: WriteWatch },
): DataSource => {
  const guards: Guards = { observe: options.observe, pause: options.pause };
  if (url.kind === 'mysql') return mysqlSource(url, options, guards);
  const own = { entities: options.entities, gate: gate(options.acquireTimeout), ...turn };
  return sqliteSource(url.file, own, guards);
};

// Whether a COMMIT whose answer got lost has been done, nobody can say: that alone is not tried again.
const repeatable = ({ kind, sql }: StatementError): boolean =>
  kind === 'collision' || (kind === 'lost' && sql !== 'COMMIT');

const transactions = (source: DataSource, place: Within, pause: Pause): Database['transaction'] => {
  const plain = source.manager.transaction.bind(source.manager);
  return async (work) => {
    if (place.inside()) throw new Error('A transaction within a transaction: go on with the manager handed to it.');
    return persist(() => plain((tx) => place.run(() => work(tx))), repeatable, pause);
  };
};
