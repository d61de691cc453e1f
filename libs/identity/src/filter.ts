import type { Filter } from '@keystone/api';
import { matches } from '@keystone/api';
import { every, sql, type Sql } from './sql.ts';

/** A column that a list can be filtered by: a text of at most so many characters, or a flag. */
export type FilterColumn = { column: Sql; length: number } | { column: Sql; flag: true };
export type FilterColumns = Readonly<Record<string, FilterColumn>>;

/** What nothing fits. */
export const NOTHING: Sql = sql`1 = 0`;

const around = { contains: ['%', '%'], startswith: ['', '%'], endswith: ['%', ''], equals: ['', ''] } as const;

/** Null where only {@link matches} can tell: letters of different case are the same to a collation. */
function condition(filter: Filter, held: FilterColumn): Sql | null {
  const { name, comparator, caseSensitive, value } = filter;
  if ('flag' in held) {
    return comparator === 'equals' ? sql`${held.column} = ${matches({ [name]: true }, filter) ? 1 : 0}` : null;
  }
  if (comparator !== 'equals' && caseSensitive) return null;
  if ([...value].length > held.length) return NOTHING;
  if (comparator === 'equals') return sql`${held.column} = ${value}`;
  const [before, after] = around[comparator];
  return sql`LOWER(${held.column}) LIKE LOWER(${before + value + after})`;
}

/**
 * What the database can decide, and the filters left for the rows it finds (common/sql/core.py, _filter). `%` and `_`
 * stand for anything, as in Python.
 */
export function divide(filters: readonly Filter[], columns: FilterColumns): { where: Sql; rest: Filter[] } {
  const conditions: Sql[] = [];
  const rest: Filter[] = [];
  for (const filter of filters) {
    const held = columns[filter.name];
    const decided = held ? condition(filter, held) : null;
    if (decided) conditions.push(decided);
    else rest.push(filter);
  }
  return { where: every(conditions), rest };
}

export const fits = (ref: Record<string, unknown>, filters: readonly Filter[]): boolean =>
  filters.every((filter) => matches(ref, filter));
