import type { EntitySchema, ObjectLiteral } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { jsonText } from './column.ts';

/** A row of a table that keeps properties it has no column for as JSON in `extra`. */
export type Row<T> = { [K in keyof T]: T[K] } & { extra: string | null };

/**
 * The row of a value: properties with a column go there, all others into `extra`, which is then `{}` at least
 * (keystone/common/sql/core.py, ModelDictMixinWithExtras.from_dict). A property named `extra` is dropped, as by Python.
 */
export const fold = <T extends ObjectLiteral>(table: EntitySchema<T>, value: object): QueryDeepPartialEntity<T> => {
  const known = (name: string) => Object.hasOwn(table.options.columns, name);
  const entries = Object.entries(value).filter(([name, held]) => name !== 'extra' && held !== undefined);
  const row = Object.fromEntries(entries.filter(([name]) => known(name)));
  const extra = Object.fromEntries(entries.filter(([name]) => !known(name)));
  return { ...row, extra: jsonText.to(extra) } as unknown as QueryDeepPartialEntity<T>;
};

/** The value of a row: what `extra` holds, and over it the columns. `extra` may be NULL, or JSON's `null`. */
export const unfold = <T>({ extra, ...known }: Row<T>): T =>
  ({ ...(extra ? (jsonText.from(extra) as object | null) : {}), ...known }) as T;
