import type { RawChange, RawRow } from './rows.ts';
import type { Column } from './table-map.ts';
import { readValue, type Scalar } from './value.ts';

export interface WatchedTable {
  /** The columns that are read; no other leaves the log. */
  columns: readonly string[];
  /** A row of which only these changed has not changed. */
  quiet?: readonly string[];
}
export type WatchedTables = Readonly<Record<string, WatchedTable>>;

export type Row = Record<string, Scalar>;

/** A committed change: no `before` for a new row, no `after` for one that is gone. */
export interface RowChange {
  table: string;
  before: Row | null;
  after: Row | null;
}

/** A column as the server's catalogue has it. */
export interface CatalogueColumn {
  name: string;
  /** Of an enumeration. */
  labels: readonly string[];
}

/** The columns of each watched table that is there, in their order. */
export type Catalogue = ReadonlyMap<string, readonly CatalogueColumn[]>;

export interface Projection {
  width: number;
  change(raw: RawChange, columns: readonly Column[]): RowChange | null;
}

/** @throws Error where rows are not as the catalogue has them */
export function projection(table: string, watched: WatchedTable, catalogue: readonly CatalogueColumn[]): Projection {
  const wanted = catalogue
    .map(({ name, labels }, index) => ({ name, labels, index }))
    .filter(({ name }) => watched.columns.includes(name));
  const loud = catalogue.flatMap(({ name }, index) => (watched.quiet?.includes(name) ? [] : [index]));

  const row = (raw: RawRow, fallback: RawRow, columns: readonly Column[]): Row => {
    const values = wanted.map(({ name, labels, index }) => {
      const value = raw[index] === undefined ? fallback[index] : raw[index];
      const column = columns[index];
      if (value === undefined || !column) throw new Error('the log does not hold whole rows');
      return [name, value && readValue(value, column, labels)] as const;
    });
    return Object.fromEntries(values);
  };
  const isQuiet = (before: RawRow, after: RawRow) =>
    watched.quiet !== undefined &&
    loud.every((index) => after[index] === undefined || same(before[index], after[index]));

  return {
    width: catalogue.length,
    change({ before, after }, columns) {
      if (before && after && isQuiet(before, after)) return null;
      return {
        table,
        before: before && row(before, before, columns),
        after: after && row(after, before ?? after, columns),
      };
    },
  };
}

const same = (one: Buffer | null | undefined, other: Buffer | null | undefined): boolean =>
  one && other ? one.equals(other) : one === other;
