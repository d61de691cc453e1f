import { sql, type Sql } from './sql.ts';

/** Rows of one kind among those of a statement. */
export interface Branch {
  kind: string;
  /** What stands in the columns, by their names; the other kinds' columns are NULL in these rows. */
  columns: Readonly<Record<string, Sql>>;
  /** What follows FROM. */
  from: Sql;
}

const raw = (text: string): Sql => ({ text, values: [] });

const join = (pieces: readonly Sql[], separator: string): Sql => ({
  text: pieces.map(({ text }) => text).join(separator),
  values: pieces.flatMap(({ values }) => values),
});

/** One `UNION ALL` of rows that have little in common, told apart by their `kind`. */
export function unionOf(branches: readonly Branch[]): Sql {
  const names = [...new Set(branches.flatMap(({ columns }) => Object.keys(columns)))];
  const selects = branches.map(({ kind, columns, from }) => {
    const values = names.map((name) => sql`${columns[name] ?? raw('NULL')} AS ${raw(name)}`);
    return sql`SELECT ${kind} AS kind, ${join(values, ', ')} FROM ${from}`;
  });
  return join(selects, ' UNION ALL ');
}
