import { matches, type Filter } from '@keystone/api';
import { join, sql, type Sql } from './sql.ts';

/** Columns that lists can be filtered by: the length of a text, or a flag. */
export type FilterColumns = Readonly<Record<string, { column: Sql; length: number } | { column: Sql; flag: true }>>;

const NOTHING = sql`1 = 0`;
const PATTERNS = { contains: ['%', '%'], startswith: ['', '%'], endswith: ['%', ''] } as const;

function condition(filter: Filter, columns: FilterColumns): Sql | null {
  const { name, comparator, caseSensitive, value } = filter;
  const held = columns[name];
  if (!held) return null;
  const { column } = held;
  if ('flag' in held && comparator === 'equals') return sql`${column} = ${matches({ [name]: true }, filter) ? 1 : 0}`;
  if ('length' in held && [...value].length > held.length) return NOTHING;
  if (comparator === 'equals') return sql`${column} = ${value}`;
  // Python leaves these to the controller, because the collation decides about case in SQL.
  if (caseSensitive) return null;
  const [before, after] = PATTERNS[comparator];
  return sql`LOWER(${column}) LIKE LOWER(${before + value + after})`;
}

/**
 * What the database can decide, and the filters left for {@link admits} (common/sql/core.py _filter). `%` and `_` in a
 * value are wildcards, as in Python.
 */
export function split(filters: readonly Filter[], columns: FilterColumns): { where: Sql; rest: Filter[] } {
  const judged = filters.map((filter) => ({ filter, where: condition(filter, columns) }));
  return {
    where: join([sql`1 = 1`, ...judged.flatMap(({ where }) => where ?? [])], ' AND '),
    rest: judged.flatMap(({ filter, where }) => (where ? [] : filter)),
  };
}

export const admits =
  (filters: readonly Filter[]) =>
  (ref: Record<string, unknown>): boolean =>
    filters.every((filter) => matches(ref, filter));
