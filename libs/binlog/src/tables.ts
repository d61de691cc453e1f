import { readRows, rowsEvent, type RowsKind } from './rows.ts';
import { columnsOf, tableNamed, type Column } from './table-map.ts';
import { projection, type Catalogue, type Projection, type RowChange, type WatchedTables } from './watched.ts';

export interface RowsType {
  kind: RowsKind;
  /** Version 2 of the event, which may say more of itself. */
  extended: boolean;
  inflate?: (packed: Buffer) => Buffer;
}

interface Mapped {
  projection: Projection;
  columns: Column[];
}

/** The tables as a stream numbers them; only those that are watched are looked into. */
export function tables(database: string, watched: WatchedTables, catalogue: Catalogue) {
  const known = new Map<string, Projection>();
  const mapped = new Map<number, Mapped>();
  for (const [table, columns] of catalogue) {
    const wanted = watched[table];
    if (wanted) known.set(table, projection(table, wanted, columns));
  }

  return {
    /** @throws Error where a table is not as the catalogue has it */
    map(body: Buffer): void {
      const { id, database: owner, table, rest } = tableNamed(body);
      mapped.delete(id);
      if (owner !== database || !watched[table]) return;
      const projection = known.get(table);
      const columns = columnsOf(rest);
      if (projection?.width !== columns.length) throw new Error(`table ${table} has other columns than it had`);
      mapped.set(id, { projection, columns });
    },
    isMapped: (body: Buffer, { extended }: RowsType): boolean => mapped.has(rowsEvent(body, extended).tableId),
    *changes(body: Buffer, { kind, extended, inflate }: RowsType): Generator<RowChange> {
      const event = rowsEvent(body, extended);
      const table = mapped.get(event.tableId);
      if (!table) return;
      for (const raw of readRows(event, table.columns, { kind, ...(inflate && { inflate }) })) {
        const change = table.projection.change(raw, table.columns);
        if (change) yield change;
      }
    },
  };
}
