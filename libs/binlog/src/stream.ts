import type { Socket } from 'node:net';
import { BinlogError } from './binlog-error.ts';
import { checksumsAfter, EVENT, isFirstFile, parseEvent, type BinlogEvent } from './event.ts';
import { eventsFrom } from './packets.ts';
import { hasReached, type Position } from './position.ts';
import type { Assembler, Transaction } from './transaction.ts';
import type { Catalogue } from './watched.ts';

/** A binlog as it arrives. */
export interface Stream {
  at(): Position;
  /** Resolves once all that stands before has been heard. @throws BinlogError when the log is lost before */
  reach(position: Position): Promise<void>;
  /** Resolves when it is read no longer. */
  ended: Promise<BinlogError>;
}

export interface StreamOptions {
  from: Position;
  checksums: boolean;
  /** Milliseconds without a byte until the server counts as gone. */
  silence: number;
  assembler: Assembler;
  /** The columns of the tables, which may have been altered. */
  catalogue(): Promise<Catalogue>;
  heard(transaction: Transaction): void;
}

/** Reads it until it breaks or the socket is destroyed. */
export function readStream(socket: Socket, options: StreamOptions): Stream {
  const { assembler, catalogue, heard } = options;
  const waiting = new Set<{ position: Position; done: PromiseWithResolvers<void> }>();
  let { from: at, checksums } = options;
  let over: BinlogError | undefined;
  let shutDown = false;

  const behind = (event: BinlogEvent): Position => {
    if (event.type === EVENT.rotate) return rotated(event.body);
    return event.next > 0 ? { file: at.file, offset: event.next } : at;
  };
  const arrive = (position: Position) => {
    at = position;
    for (const waiter of waiting) {
      if (!hasReached(at, waiter.position)) continue;
      waiting.delete(waiter);
      waiter.done.resolve();
    }
  };
  const take = async (raw: Buffer) => {
    const event = parseEvent(raw, checksums);
    const end = behind(event);
    if (event.type === EVENT.formatDescription) {
      checksums = checksumsAfter(event);
      if (isFirstFile(event) && !shutDown) heard(broken({ begin: at, end }));
    } else if (!isAboutTheStream(event)) {
      shutDown = event.type === EVENT.stop;
      const transaction = assembler.take(event, { begin: at, end });
      if (transaction?.reset) assembler.relearn(await catalogue());
      if (transaction) heard(transaction);
    }
    // Only now: whoever waits for it wants it heard.
    arrive(end);
  };
  const read = async (): Promise<BinlogError> => {
    try {
      for await (const events of eventsFrom(socket, options.silence)) for (const event of events) await take(event);
      return new BinlogError('lost', 'the stream ended');
    } catch (error) {
      return error instanceof BinlogError ? error : new BinlogError('position', (error as Error).message);
    } finally {
      socket.destroy();
    }
  };
  const ended = read().then((error) => {
    over = error;
    for (const { done } of waiting) done.reject(error);
    waiting.clear();
    return error;
  });

  return {
    ended,
    at: () => at,
    async reach(position) {
      if (over) throw over;
      if (hasReached(at, position)) return;
      const done = Promise.withResolvers<void>();
      waiting.add({ position, done });
      await done.promise;
    },
  };
}

/** A server that did not end in order may have lost what it had committed and we have read. */
const broken = (span: { begin: Position; end: Position }): Transaction => ({
  ...span,
  gtid: null,
  changes: [],
  reset: 'the server was not shut down in order',
});

const isAboutTheStream = ({ type }: BinlogEvent): boolean =>
  type === EVENT.rotate || type === EVENT.heartbeat || type === EVENT.heartbeatV2;

const rotated = (body: Buffer): Position => ({
  file: body.subarray(8).toString(),
  offset: Number(body.readBigUInt64LE()),
});
