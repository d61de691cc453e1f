import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** The part of better-sqlite3's statement that TypeORM uses. */
export interface Statement {
  reader: boolean;
  all(...values: SQLInputValue[]): unknown[];
  run(...values: SQLInputValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}

/** The part of better-sqlite3's connection that TypeORM uses, on Node's own SQLite. */
export interface Connection {
  prepare(sql: string): Statement;
  pragma(text: string): unknown[];
  close(): void;
  inTransaction(): boolean;
  /** A function that SQL on this connection may call; it gives NULL. */
  define(name: string, call: (...values: unknown[]) => void): void;
}

const STATEMENTS_KEPT = 500;

const asBetterSqlite = (statement: StatementSync): Statement => ({
  reader: statement.columns().length > 0,
  all: (...values) => statement.all(...values),
  run: (...values) => statement.run(...values),
});

/**
 * @param timeout ms to wait for another process's lock, standing still
 */
export const openConnection = (
  file: string,
  { timeout, readOnly = false }: { timeout: number; readOnly?: boolean },
) => {
  const database = new DatabaseSync(file, { timeout, readOnly, enableForeignKeyConstraints: true });
  const kept = new Map<string, Statement>();

  const prepare = (sql: string): Statement => {
    const statement = kept.get(sql) ?? asBetterSqlite(database.prepare(sql));
    kept.delete(sql);
    kept.set(sql, statement);
    if (kept.size > STATEMENTS_KEPT) kept.delete(kept.keys().next().value as string);
    return statement;
  };

  return {
    prepare,
    pragma: (text: string) => database.prepare(`PRAGMA ${text}`).all(),
    close: () => database.close(),
    inTransaction: () => database.isTransaction,
    define: (name, call) =>
      database.function(name, { varargs: true }, (...values) => {
        call(...values);
        return null;
      }),
  } satisfies Connection;
};
