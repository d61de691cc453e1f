import { matches, type Filter } from '@keystone/api';
import { unfold, type Database, type Row } from '@keystone/database';
import type { EntitySchema } from 'typeorm';

/** What a list is asked for. */
export interface Wanted {
  filters: readonly Filter[];
  /** How many at most; one more is found, so that it can be told that there are more. */
  limit?: number | undefined;
}

/** The part of LIKE's pattern around the value, whose own `%` and `_` are wildcards too, as in Python. */
const PATTERNS = {
  contains: (value: string) => `%${value}%`,
  startswith: (value: string) => `${value}%`,
  endswith: (value: string) => `%${value}`,
} as const;

/**
 * A list in the order of ids. Filters on columns are decided by the database, by its rules of equality; those that
 * distinguish cases, and those on what is in `extra`, are decided here, and then nothing is cut off before
 * (common/sql/core.py, filter_limit_query).
 */
export async function listRows<T extends { id: string }>(
  { manager }: Database,
  table: EntitySchema<Row<T>>,
  { filters, limit }: Wanted,
): Promise<T[]> {
  const inSql = ({ name, comparator, caseSensitive }: Filter) =>
    Object.hasOwn(table.options.columns, name) && (comparator === 'equals' || !caseSensitive);
  const query = manager.createQueryBuilder(table, 'found').orderBy('found.id');
  for (const [at, { name, comparator, value }] of filters.filter(inSql).entries()) {
    if (comparator === 'equals') query.andWhere(`found.${name} = :v${at}`, { [`v${at}`]: value });
    else query.andWhere(`LOWER(found.${name}) LIKE LOWER(:v${at})`, { [`v${at}`]: PATTERNS[comparator](value) });
  }
  const rest = filters.filter((filter) => !inSql(filter));
  if (limit !== undefined && rest.length === 0) query.limit(limit + 1);
  const found = (await query.getMany()).map((row) => unfold<T>(row));
  return found.filter((value) => rest.every((filter) => matches(value, filter)));
}
