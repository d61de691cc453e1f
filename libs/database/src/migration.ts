import type { Database } from './database.ts';
import { exclusive } from './exclusive.ts';
import type { Kind } from './kind.ts';
import { timeText } from './time.ts';

/** A change to our own tables, which all begin with `kts_`. Never altered once released. */
export interface Migration {
  /** Unique among all; at most 64 characters. */
  id: string;
  /**
   * Statements, such as can be repeated (`IF NOT EXISTS`, `INSERT IGNORE`): MySQL keeps what was done before a process
   * died half-way. They make no foreign key into a table of Python's, which could block its deletes.
   */
  up: Record<Kind, readonly string[]>;
}

const RECORDS: Record<Kind, string> = {
  mysql: `CREATE TABLE IF NOT EXISTS kts_migration (id varchar(64) NOT NULL PRIMARY KEY, applied_at datetime NOT NULL)
    ENGINE=InnoDB DEFAULT CHARSET=utf8mb3`,
  sqlite:
    'CREATE TABLE IF NOT EXISTS kts_migration (id VARCHAR(64) NOT NULL PRIMARY KEY, applied_at DATETIME NOT NULL)',
};

const RECORD: Record<Kind, string> = {
  mysql: 'INSERT IGNORE INTO kts_migration (id, applied_at) VALUES (?, ?)',
  sqlite: 'INSERT OR IGNORE INTO kts_migration (id, applied_at) VALUES (?, ?)',
};

/**
 * Applies in the order given what `kts_migration` does not record yet. Processes may start at once: one does the work,
 * the others wait for it. Records of a newer release are left alone.
 * @returns the ids applied now
 */
export const migrateOwn = (
  database: Database,
  migrations: readonly Migration[],
  clock: () => Date = () => new Date(),
): Promise<string[]> => {
  const ids = migrations.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw new Error(`Two migrations of one name: ${ids.join(', ')}`);

  return exclusive(database, 'kts_migration', async (run) => {
    await run(RECORDS[database.kind]);
    const applied = new Set((await run('SELECT id FROM kts_migration')).map(({ id }) => id));
    const missing = migrations.filter(({ id }) => !applied.has(id));
    for (const { id, up } of missing) {
      for (const statement of up[database.kind]) await run(statement);
      await run(RECORD[database.kind], [id, timeText.to(clock().toISOString())]);
    }
    return missing.map(({ id }) => id);
  });
};
