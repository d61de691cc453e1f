import type { Connection } from './node-sqlite.ts';

/** Which columns of a table are told, and which of them may change without that being a change. */
export interface WatchedTable {
  columns: readonly string[];
  quiet?: readonly string[];
}

export type WatchedRow = Record<string, string | number | boolean | null>;

/** A committed change: no `before` for a new row, no `after` for one that is gone. */
export interface WatchedChange {
  table: string;
  before: WatchedRow | null;
  after: WatchedRow | null;
}

export interface Watcher {
  /** What one transaction of this process has changed, before whoever committed it goes on. Must not throw. */
  changed(changes: WatchedChange[]): void;
  /** Called every `LOOK` milliseconds: whether another process has committed something since. */
  looked(byOthers: boolean): void;
}

export type Watch = (tables: Readonly<Record<string, WatchedTable>>, watcher: Watcher) => () => void;

/** Milliseconds between one look for other processes' commits and the next. */
export const LOOK = 200;

const FUNCTION = 'kts_changed';
const VERBS = ['insert', 'update', 'delete'] as const;

/**
 * Hears of every row that one connection changes, by triggers that exist in that connection only: the schema stays
 * Python's. A row costs 0.5 µs (Node 26); a changeset of SQLite's session extension costs 27 for each transaction, and
 * tells only keys and what has changed. What a foreign key deletes is told too.
 */
export function writeWatch() {
  let connection: Connection | undefined;
  let pending: WatchedChange[] = [];
  let watcher: Watcher | undefined;
  let columnsOf = new Map<string, readonly string[]>();
  let stopLooking = (): void => undefined;

  const hear = (table: string, verb: string, ...values: WatchedRow[string][]) => {
    const columns = columnsOf.get(table) ?? [];
    const row = (from: number) =>
      Object.fromEntries(columns.map((name, index) => [name, values[from + index] ?? null]));
    pending.push({
      table,
      before: verb === 'insert' ? null : row(0),
      after: verb === 'delete' ? null : row(verb === 'update' ? columns.length : 0),
    });
  };

  const watch: Watch = (tables, heard) => {
    const writer = connection;
    if (!writer) throw new Error('the database is not open');
    if (watcher) throw new Error('the database is watched already');
    watcher = heard;
    columnsOf = new Map(Object.entries(tables).map(([name, { columns }]) => [name, columns]));
    writer.define(FUNCTION, hear as (...values: unknown[]) => void);
    const triggers = Object.entries(tables).flatMap(([table, watched]) => triggersOf(writer, table, watched));
    // A row that gives way to one that replaces it is gone like any other.
    writer.pragma('recursive_triggers = ON');
    for (const { sql } of triggers) writer.prepare(sql).run();
    stopLooking = looking(writer, heard);
    return () => {
      stopLooking();
      watcher = undefined;
      // The triggers of a connection that is closed have gone with it.
      if (connection) for (const { name } of triggers) writer.prepare(`DROP TRIGGER temp.${name}`).run();
    };
  };

  return {
    attach: (opened: Connection) => void (connection = opened),
    watch,
    /** Before the connection is. */
    close(): void {
      stopLooking();
      connection = undefined;
    },
    /** A transaction or a statement of its own has ended. */
    ended(committed: boolean): void {
      if (pending.length === 0) return;
      const changes = pending;
      pending = [];
      if (committed) watcher?.changed(changes);
    },
  };
}

export type WriteWatch = ReturnType<typeof writeWatch>;

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

function triggersOf(connection: Connection, table: string, { columns, quiet }: WatchedTable) {
  const there = connection.pragma(`table_info(${quoted(table)})`).map((row) => (row as { name: string }).name);
  if (there.length === 0) return [];
  const loud = there.filter((name) => !quiet?.includes(name)).map(quoted);
  const values = (row: 'OLD' | 'NEW') =>
    columns.map((name) => (there.includes(name) ? `${row}.${quoted(name)}` : 'NULL')).join(', ');
  const told = { insert: values('NEW'), update: `${values('OLD')}, ${values('NEW')}`, delete: values('OLD') };
  return VERBS.map((verb) => {
    const name = `kts_watch_${table}_${verb}`;
    const when = verb === 'update' ? `UPDATE OF ${loud.join(', ')}` : verb;
    const call = `SELECT ${FUNCTION}('${table}', '${verb}', ${told[verb]})`;
    return { name, sql: `CREATE TEMP TRIGGER ${name} AFTER ${when} ON main.${quoted(table)} BEGIN ${call}; END` };
  });
}

/** SQLite's data_version changes, as this connection sees it, when another connection commits. */
function looking(connection: Connection, { looked }: Watcher): () => void {
  const version = () => (connection.pragma('data_version')[0] as { data_version: number }).data_version;
  let seen = version();
  const look = () => {
    let found: number;
    try {
      found = version();
    } catch {
      // The file is busy: this was no look, and whoever counts on looks notices.
      return;
    }
    const byOthers = found !== seen;
    seen = found;
    looked(byOthers);
  };
  looked(false);
  const timer = setInterval(look, LOOK).unref();
  return () => clearInterval(timer);
}
