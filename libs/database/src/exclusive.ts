import type { Database } from './database.ts';
import { forCaller } from './failure.ts';

/** Runs one statement; a row is an object of what the statement calls its columns. */
export type Run = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

const WAIT_SECONDS = 5;
const WAITS = 24;

/**
 * Does the work while no other process does work of that name on this database. On SQLite it is a transaction as well;
 * MySQL commits at each DDL statement, so there the work must be one that can be taken up again half-way. MySQL's named
 * locks are the node's, not Galera's: there the work must also bear company.
 */
export const exclusive = <T>(database: Database, name: string, work: (run: Run) => Promise<T>): Promise<T> =>
  database.kind === 'sqlite'
    ? database.transaction((tx) => work((sql, values) => tx.query(sql, values)))
    : locked(database, name, work);

const locked = async <T>(database: Database, name: string, work: (run: Run) => Promise<T>): Promise<T> => {
  const runner = database.manager.dataSource.createQueryRunner();
  runner.data['pinned'] = true;
  const run: Run = (sql, values) => runner.query(sql, values);
  try {
    await lock(run, name);
    try {
      return await work(run);
    } finally {
      await run('DO RELEASE_LOCK(SHA1(CONCAT(DATABASE(), ?)))', [name]);
    }
  } catch (error) {
    throw forCaller(error);
  } finally {
    await runner.release();
  }
};

// Asked again and again, for a statement that waits long is taken for one that hangs.
const lock = async (run: Run, name: string): Promise<void> => {
  for (let wait = 0; wait < WAITS; wait += 1) {
    const [row] = await run('SELECT GET_LOCK(SHA1(CONCAT(DATABASE(), ?)), ?) AS got', [name, WAIT_SECONDS]);
    if (Number(row?.['got']) === 1) return;
  }
  throw new Error(`Another process has held the lock "${name}" on the database for ${WAITS * WAIT_SECONDS} s.`);
};
