import type { Database } from './database.ts';
import type { Run } from './exclusive.ts';
import type { Kind } from './kind.ts';

const TABLES: Record<Kind, string> = {
  mysql: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  sqlite: `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'`,
};

const COLUMNS: Record<Kind, string> = {
  mysql: `SELECT table_name AS tableName, column_name AS columnName
    FROM information_schema.columns WHERE table_schema = DATABASE()`,
  sqlite: `SELECT tables.name AS tableName, columns.name AS columnName
    FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`,
};

export const tablesOf = async (run: Run, kind: Kind): Promise<string[]> =>
  (await run(TABLES[kind])).map(({ name }) => String(name));

/** Table → its columns, as they are: older releases of Keystone lack some (`mapping.schema_version` before 2024.1). */
export const describeSchema = async ({ manager, kind }: Database): Promise<Map<string, Set<string>>> => {
  const rows: { tableName: string; columnName: string }[] = await manager.query(COLUMNS[kind]);
  const tables = new Map<string, Set<string>>();
  for (const { tableName, columnName } of rows)
    tables.set(tableName, (tables.get(tableName) ?? new Set()).add(columnName));
  return tables;
};
