import { BinlogError } from './binlog-error.ts';
import { openDump, openSession, type ServerAddress, type Session } from './connection.ts';
import { printPosition, type Position } from './position.ts';
import { inspectServer, readCatalogue, type BinlogServer, type Glance } from './server.ts';
import { readStream, type Stream } from './stream.ts';
import { assembler, type Transaction } from './transaction.ts';
import type { WatchedTables } from './watched.ts';

/** The last transaction that was dealt with, to go on behind it: where it stands, on which server, and its name. */
export interface Place extends Position {
  server: string;
  /** Null for the end of a log of which no transaction has been seen. */
  gtid: string | null;
}

export interface BinlogOptions {
  server: ServerAddress;
  tables: WatchedTables;
  /** Where to go on; the end of the log where it is null or cannot be found again. */
  from: Place | null;
  /** Milliseconds between the server's signs of life, and without one until it counts as gone. */
  heartbeat?: number;
  silence?: number;
}

export interface Binlog {
  /** Null where it goes on behind `from`, else why it does not. */
  fresh: string | null;
  /** How far it has been read. */
  at(): Position;
  /** @throws BinlogError */
  glance(): Promise<Glance>;
  /** Resolves once all that stands before has been heard. @throws BinlogError when the log is lost before */
  reach(position: Position): Promise<void>;
  /** Where to go on when nothing has been heard. */
  begin: Place;
  /** Where to go on behind this transaction; null for one without a name, behind which nobody can. */
  placeOf(transaction: Transaction): Place | null;
  /** Resolves when it is followed no longer. */
  ended: Promise<BinlogError>;
  close(): void;
}

type Heard = (transaction: Transaction) => void;

/**
 * Follows the binlog of MariaDB or MySQL: each committed transaction, in order, whether or not it changed a watched table.
 * @param heard is called before the next event is read
 * @throws BinlogError
 */
export async function openBinlog(options: BinlogOptions, heard: Heard): Promise<Binlog> {
  const session = await openSession(options.server);
  try {
    const server = await inspectServer(session, `'${options.server.user}'`);
    const parts = { options, session, server };
    const why = cannotResume(options.from, server);
    if (why !== undefined) return await startFresh(parts, heard, why);
    return await (options.from?.gtid === null ? resumeAtEnd(parts, heard) : resume(parts, heard));
  } catch (error) {
    session.close();
    throw error;
  }
}

interface Parts {
  options: BinlogOptions;
  session: Session;
  server: BinlogServer;
}

function cannotResume(from: Place | null, { identity }: BinlogServer): string | undefined {
  if (from === null) return 'nothing was followed before';
  return from.server === identity ? undefined : `another server: ${identity}, not ${from.server}`;
}

async function startFresh(parts: Parts, heard: Heard, why: string): Promise<Binlog> {
  const beginning = await parts.server.beginning();
  const opened = await follow(parts, beginning, heard);
  return binlog(parts, opened, { fresh: why, begin: { ...beginning, gtid: null, server: parts.server.identity } });
}

/** Where nothing has happened since, the end of the log is still where it was. */
async function resumeAtEnd(parts: Parts, heard: Heard): Promise<Binlog> {
  const from = parts.options.from as Place;
  const end = await parts.server.end();
  const same = end.file === from.file && end.offset === from.offset;
  if (!same) return startFresh(parts, heard, `nothing tells that ${printPosition(from)} is still the same`);
  return binlog(parts, await follow(parts, end, heard), { fresh: null, begin: from });
}

/** Reads the last transaction again, to see that it is still there: another log may go by the same name. */
async function resume(parts: Parts, heard: Heard): Promise<Binlog> {
  const from = parts.options.from as Place;
  const again = Promise.withResolvers<void>();
  let found = false;
  const opened = await follow(parts, { file: from.file, offset: from.offset }, (transaction) => {
    if (found) return heard(transaction);
    if (transaction.gtid !== from.gtid) {
      throw new BinlogError('position', `at ${printPosition(from)} stands ${transaction.gtid}, not ${from.gtid}`);
    }
    found = true;
    again.resolve();
  });
  void opened.stream.ended.then((error) => again.reject(error));
  try {
    await again.promise;
    return binlog(parts, opened, { fresh: null, begin: from });
  } catch (error) {
    if (!(error instanceof BinlogError && error.kind === 'position')) throw error;
    return startFresh(parts, heard, error.message);
  }
}

interface Opened {
  stream: Stream;
  end(): void;
}

const HEARTBEAT = 200;
const SILENCE = 2_000;

async function follow({ options, session, server }: Parts, from: Position, heard: Heard): Promise<Opened> {
  const { server: address, tables, heartbeat = HEARTBEAT, silence = SILENCE } = options;
  const { checksums, identity } = server;
  const catalogue = () => readCatalogue(session, address.database, tables);
  const making = assembler(address.database, tables, await catalogue());
  const socket = await openDump(address, { from, heartbeat, checksums, identity });
  const stream = readStream(socket, { from, checksums, silence, assembler: making, catalogue, heard });
  return { stream, end: () => void socket.destroy() };
}

function binlog({ session, server }: Parts, { stream, end }: Opened, start: Pick<Binlog, 'fresh' | 'begin'>): Binlog {
  const close = () => {
    end();
    session.close();
  };
  return {
    ...start,
    at: stream.at,
    glance: () => server.glance(),
    reach: stream.reach,
    placeOf: ({ begin, gtid }) => (gtid === null ? null : { ...begin, gtid, server: server.identity }),
    ended: stream.ended.finally(close),
    close,
  };
}
