import { bytes, type Bytes } from './bytes.ts';
import type { Column } from './table-map.ts';
import { valueBytes } from './value.ts';

export type RowsKind = 'insert' | 'update' | 'delete';

/** A row's values as bytes: undefined for a column that was not written to the log, null for NULL. */
export type RawRow = (Buffer | null | undefined)[];

export interface RawChange {
  before: RawRow | null;
  after: RawRow | null;
}

export interface RowsEvent {
  tableId: number;
  /** What follows the two parts of the head: the count of the columns, then bitmaps, then rows. */
  rest: Bytes;
}

/** @param extended version 2 of the event, which may say more of itself */
export function rowsEvent(body: Buffer, extended: boolean): RowsEvent {
  const rest = bytes(body);
  const tableId = rest.u48();
  rest.u16();
  if (extended) rest.take(rest.u16() - 2);
  return { tableId, rest };
}

type Bits = (index: number) => boolean;

const bitmap = (fields: Bytes, count: number): Bits => {
  const bits = fields.take((count + 7) >> 3);
  return (index) => (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
};

/**
 * The rows of an event, one at a time.
 * @param inflate where what follows the bitmaps is compressed
 */
export function* readRows(
  { rest }: RowsEvent,
  columns: readonly Column[],
  { kind, inflate }: { kind: RowsKind; inflate?: (packed: Buffer) => Buffer },
): Generator<RawChange> {
  const count = rest.length();
  const first = bitmap(rest, count);
  const second = kind === 'update' ? bitmap(rest, count) : first;
  const rows = inflate ? bytes(inflate(rest.rest())) : rest;
  while (rows.left > 0) {
    if (kind === 'insert') yield { before: null, after: rawRow(rows, columns, first) };
    else if (kind === 'delete') yield { before: rawRow(rows, columns, first), after: null };
    else yield { before: rawRow(rows, columns, first), after: rawRow(rows, columns, second) };
  }
}

function rawRow(rows: Bytes, columns: readonly Column[], present: Bits): RawRow {
  const written = columns.filter((_, index) => present(index)).length;
  const isNull = bitmap(rows, written);
  let place = -1;
  return columns.map((column, index) => {
    if (!present(index)) return undefined;
    place += 1;
    return isNull(place) ? null : valueBytes(rows, column);
  });
}
