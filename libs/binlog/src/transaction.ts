import { BinlogError } from './binlog-error.ts';
import { mariadbInflate, mysqlPayload } from './compressed.ts';
import { EVENT, parseEvent, type BinlogEvent } from './event.ts';
import { mariadbGtid, mysqlGtid } from './gtid.ts';
import type { Position } from './position.ts';
import { concerns, gist, roleOf, statementOf } from './statement.ts';
import { tables, type RowsType } from './tables.ts';
import type { Catalogue, RowChange, WatchedTables } from './watched.ts';

/** What was committed together. */
export interface Transaction {
  /** Where its first event stands. */
  begin: Position;
  end: Position;
  gtid: string | null;
  changes: RowChange[];
  /** Why no list of changes tells all of them; there is none then. */
  reset: string | null;
}

/** A transaction larger than this costs more to tell than to forget everything. */
const MOST_CHANGES = 5_000;

const ROWS: ReadonlyMap<number, RowsType> = new Map([
  [EVENT.writeRowsV1, { kind: 'insert', extended: false }],
  [EVENT.updateRowsV1, { kind: 'update', extended: false }],
  [EVENT.deleteRowsV1, { kind: 'delete', extended: false }],
  [EVENT.writeRows, { kind: 'insert', extended: true }],
  [EVENT.updateRows, { kind: 'update', extended: true }],
  [EVENT.deleteRows, { kind: 'delete', extended: true }],
  [EVENT.mariadbWriteRowsCompressed, { kind: 'insert', extended: false, inflate: mariadbInflate }],
  [EVENT.mariadbUpdateRowsCompressed, { kind: 'update', extended: false, inflate: mariadbInflate }],
  [EVENT.mariadbDeleteRowsCompressed, { kind: 'delete', extended: false, inflate: mariadbInflate }],
]);

/** They say nothing of what has changed. */
const PASSED_OVER: ReadonlySet<number> = new Set([
  EVENT.stop,
  EVENT.intvar,
  EVENT.rand,
  EVENT.userVar,
  EVENT.rowsQuery,
  EVENT.previousGtids,
  EVENT.transactionContext,
  EVENT.viewChange,
  EVENT.mariadbAnnotateRows,
  EVENT.mariadbCheckpoint,
  EVENT.mariadbGtidList,
  EVENT.mariadbStartEncryption,
]);

interface Open {
  begin: Position;
  gtid: string | null;
  /** Its end is told by an event of its own. */
  bracketed: boolean;
  changes: RowChange[];
  reset: string | null;
}

export interface Assembler {
  /**
   * Takes the events of a stream in turn. Returns the transaction that this one completes.
   * @param span where the event stands and where the next one does
   */
  take(event: BinlogEvent, span: { begin: Position; end: Position }): Transaction | undefined;
  /** The columns of the tables, known anew. */
  relearn(catalogue: Catalogue): void;
}

/** Puts a stream's events together to transactions, with the changes of the watched tables. */
export function assembler(database: string, watched: WatchedTables, catalogue: Catalogue): Assembler {
  let seen = tables(database, watched, catalogue);
  let open: Open | undefined;

  const opened = (begin: Position, more: Partial<Open> = {}): Open =>
    (open ??= { begin, gtid: null, bracketed: false, changes: [], reset: null, ...more });

  const everything = (at: Open, why: string) => {
    at.reset ??= why;
    at.changes = [];
  };
  const close = (end: Position): Transaction | undefined => {
    if (!open) return undefined;
    const { begin, gtid, changes, reset } = open;
    open = undefined;
    return { begin, end, gtid, changes, reset };
  };

  /** What cannot be read of a watched table has changed it all the same. */
  const attempt = (at: Open, read: () => void) => {
    try {
      read();
    } catch (error) {
      everything(at, (error as Error).message);
    }
  };

  const rows = (at: Open, body: Buffer, type: RowsType) =>
    attempt(at, () => {
      for (const change of seen.changes(body, type)) {
        if (at.reset) return;
        at.changes.push(change);
        if (at.changes.length > MOST_CHANGES) everything(at, `a transaction of more than ${MOST_CHANGES} changes`);
      }
    });

  const query = (at: Open, { type, body }: BinlogEvent, end: Position): Transaction | undefined => {
    const statement = statementOf(body, type === EVENT.mariadbQueryCompressed);
    const role = roleOf(statement);
    if (role === 'begin') at.bracketed = true;
    if (role === 'commit') return close(end);
    if (role === 'xa-commit') everything(at, 'XA COMMIT');
    if (role === 'other' && concerns(statement, database)) everything(at, gist(statement));
    if (role === 'xa-commit' || (!at.bracketed && (role === 'other' || role === 'harmless'))) return close(end);
    return undefined;
  };

  const prepared = (at: Open, [onePhase]: Buffer, end: Position) => {
    // The other phase comes later, as a statement that does not say what it changes.
    if (onePhase !== 1) at.changes = [];
    return close(end);
  };

  const take: Assembler['take'] = (event, span) => {
    const { type, body } = event;
    const rowsType = ROWS.get(type);
    if (rowsType) return void rows(opened(span.begin), body, rowsType);
    switch (type) {
      case EVENT.tableMap:
        return void attempt(opened(span.begin), () => seen.map(body));
      case EVENT.xid:
        return close(span.end);
      case EVENT.query:
      case EVENT.mariadbQueryCompressed:
        return query(opened(span.begin), event, span.end);
      case EVENT.mariadbGtid: {
        const { gtid, standalone } = mariadbGtid(event);
        return void opened(span.begin, { gtid, bracketed: !standalone });
      }
      case EVENT.gtid:
        return void opened(span.begin, { gtid: mysqlGtid(event) });
      case EVENT.anonymousGtid:
        return void opened(span.begin);
      case EVENT.xaPrepare:
        return prepared(opened(span.begin), body, span.end);
      case EVENT.transactionPayload:
        return payload(body, span);
      case EVENT.partialUpdateRows:
        return void everything(opened(span.begin), 'rows were logged in part');
      case EVENT.incident:
        everything(opened(span.begin), 'the server says that its binlog has a hole');
        return close(span.end);
      default:
        if (event.ignorable || PASSED_OVER.has(type)) return undefined;
        throw new BinlogError('setup', `the server writes binlog events of type ${type}, which are not known`);
    }
  };

  const payload = (body: Buffer, span: { begin: Position; end: Position }): Transaction | undefined => {
    let complete: Transaction | undefined;
    for (const inner of mysqlPayload(body)) complete = take(parseEvent(inner, false), span) ?? complete;
    return complete;
  };

  return { take, relearn: (found) => void (seen = tables(database, watched, found)) };
}
