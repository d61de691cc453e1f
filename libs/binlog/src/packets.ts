import type { Socket } from 'node:net';
import { BinlogError } from './binlog-error.ts';
import { refusal } from './failure.ts';

const LARGEST = 0xffffff;
const OK = 0x00;
const FAILED = 0xff;

/**
 * The events of a binlog stream, those that arrived together at once. The socket is read no faster than they are taken.
 * @param silence milliseconds without a byte after which the server counts as gone
 * @throws BinlogError when the stream ends, for whatever reason
 */
export async function* eventsFrom(socket: Socket, silence: number): AsyncGenerator<Buffer[]> {
  socket.setTimeout(silence, () => socket.destroy(new BinlogError('lost', `the server was silent for ${silence} ms`)));
  const packets = packetReader();
  try {
    for await (const chunk of socket) {
      const whole = packets(chunk as Buffer);
      if (whole.length > 0) yield whole.map(eventIn);
    }
  } catch (error) {
    throw error instanceof BinlogError ? error : new BinlogError('lost', (error as Error).message);
  } finally {
    socket.destroy();
  }
  throw new BinlogError('lost', 'the server closed the stream');
}

function eventIn(packet: Buffer): Buffer {
  if (packet[0] === OK) return packet.subarray(1);
  throw packet[0] === FAILED ? refusal(packet) : new BinlogError('lost', 'the server ended the stream');
}

/** MySQL's packets: three bytes of length, one that counts them. One of the largest size goes on in the next. */
function packetReader(): (chunk: Buffer) => Buffer[] {
  let pending: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let missing = 0;
  let waiting: Buffer[] = [];
  return (chunk) => {
    waiting.push(chunk);
    missing -= chunk.length;
    if (missing > 0) return [];
    pending = waiting.length === 1 ? chunk : Buffer.concat(waiting);
    const whole: Buffer[] = [];
    let at = 0;
    while (pending.length - at >= 4) {
      const length = pending.readUIntLE(at, 3);
      if (pending.length - at < 4 + length) break;
      parts.push(pending.subarray(at + 4, at + 4 + length));
      at += 4 + length;
      if (length === LARGEST) continue;
      whole.push(parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts));
      parts = [];
    }
    pending = pending.subarray(at);
    waiting = pending.length > 0 ? [pending] : [];
    // Chunks are put together only once the packet is whole: it may be of megabytes.
    missing = pending.length >= 4 ? 4 + pending.readUIntLE(0, 3) - pending.length : 1;
    return whole;
  };
}
