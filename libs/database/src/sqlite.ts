import { DataSource, type EntitySchema, type QueryRunner } from 'typeorm';
import { failureOf, StatementError } from './failure.ts';
import type { Gate, Within } from './gate.ts';
import { guard, isRead, silent, type Guards } from './guard.ts';
import { openConnection, type Connection, type Statement } from './node-sqlite.ts';
import type { WriteWatch } from './watch.ts';

// The whole process stands still meanwhile; what is busy for longer is tried again after a pause.
const BUSY_MS = 20;

/** What we use of TypeORM's driver and runner below their public types. */
interface Driver {
  queryRunner: QueryRunner | undefined;
  createQueryRunner(mode: 'master' | 'slave'): QueryRunner;
  disconnect(): Promise<void>;
}
type Runner = QueryRunner & { getStmt(sql: string): Promise<Statement> };

interface Connections {
  writer: Connection;
  /** Another connection to the same file, or the writer where there can be no other (`:memory:`). */
  reader: Connection;
}

/**
 * A data source on Node's own SQLite. TypeORM's has one connection and one runner for everybody, so that a statement
 * can slip into whatever transaction is open. Here each caller has a runner; one connection writes, one at a time may
 * hold it, for a statement or a transaction; another reads what is committed, as with MySQL. Not yet connected.
 */
export const sqliteSource = (
  file: string,
  { entities, ...turn }: { entities: EntitySchema[] } & Turn,
  guards: Guards,
): DataSource => {
  const connections: Partial<Connections> = {};
  const source = new DataSource({
    type: 'better-sqlite3',
    database: file,
    entities,
    logger: silent,
    synchronize: false,
    statementCacheSize: 0,
    // TypeORM calls it with `new`; the object it returns is what it gets.
    driver: function open() {
      connections.writer = openWriter(file);
      turn.writes.attach(connections.writer);
      connections.reader =
        file === ':memory:' ? connections.writer : openConnection(file, { timeout: BUSY_MS, readOnly: true });
      return connections.writer;
    },
  });
  const driver = source.driver as unknown as Driver;
  const create = driver.createQueryRunner.bind(driver);
  driver.createQueryRunner = (mode) => {
    driver.queryRunner = undefined;
    const runner = create(mode) as Runner;
    return guard(ownTurn(runner, connections as Connections, turn), guards);
  };
  const disconnect = driver.disconnect.bind(driver);
  driver.disconnect = async () => {
    if (connections.reader !== connections.writer) connections.reader?.close();
    await disconnect();
  };
  return source;
};

const openWriter = (file: string): Connection => {
  const writer = openConnection(file, { timeout: BUSY_MS });
  try {
    if (file !== ':memory:') writer.pragma('journal_mode = WAL');
  } catch (error) {
    // Somebody, Python perhaps, is at it just now; the next start will change it. Nothing depends on it but speed.
    const failure = failureOf(error, 'PRAGMA journal_mode');
    if (!(failure instanceof StatementError && failure.kind === 'collision')) throw failure;
  }
  return writer;
};

interface Turn {
  gate: Gate;
  within: Within;
  writes: WriteWatch;
}

const SELF_BLOCKED =
  'Inside a transaction every statement goes through the manager handed to it: this one would wait for itself.';

/** Gives a runner the writing connection for as long as its transaction, or a statement outside one, lasts. */
const ownTurn = (runner: Runner, connections: Connections, { gate, within, writes }: Turn): Runner => {
  const plain = {
    query: runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>,
    start: runner.startTransaction.bind(runner),
    commit: runner.commitTransaction.bind(runner),
    rollback: runner.rollbackTransaction.bind(runner),
  };
  let leave: (() => void) | undefined;

  const enter = () => {
    if (within.inside()) throw new Error(SELF_BLOCKED);
    return gate.enter();
  };
  const readsAside = (sql: string) => !leave && isRead(sql) && connections.reader !== connections.writer;
  const ending = (end: () => Promise<void>, committed: boolean) => async () => {
    try {
      await end();
    } finally {
      if (!connections.writer.inTransaction()) {
        writes.ended(committed);
        leave?.();
        leave = undefined;
      }
    }
  };

  return Object.assign(runner, {
    getStmt: async (sql: string) => (readsAside(sql) ? connections.reader : connections.writer).prepare(sql),
    async query(sql: string, ...rest: unknown[]) {
      // IMMEDIATE: a transaction that finds out late that another process writes could never be continued.
      if (leave) return plain.query(sql === 'BEGIN TRANSACTION' ? 'BEGIN IMMEDIATE' : sql, ...rest);
      if (readsAside(sql)) return plain.query(sql, ...rest);
      const done = await enter();
      try {
        return await plain.query(sql, ...rest);
      } finally {
        writes.ended(true);
        done();
      }
    },
    async startTransaction(level?: Parameters<typeof plain.start>[0]) {
      leave ??= await enter();
      await plain.start(level);
    },
    commitTransaction: ending(plain.commit, true),
    rollbackTransaction: ending(plain.rollback, false),
  });
};
