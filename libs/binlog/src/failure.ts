import { BinlogError } from './binlog-error.ts';

const DENIED = new Set(['ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR', 'ER_SPECIFIC_ACCESS_DENIED_ERROR']);

/** What the driver throws, in our terms. Without the statement, and the driver's stack. */
export function failure(error: unknown): BinlogError {
  const { code = '', message } = error as { code?: string; message: string };
  if (DENIED.has(code)) return new BinlogError('setup', message);
  return new BinlogError('lost', code && !message.includes(code) ? `${message} (${code})` : message);
}

const ER_MASTER_FATAL_ERROR_READING_BINLOG = 1236;
const ER_SPECIFIC_ACCESS_DENIED = 1227;

/** An error packet of the stream: 0xff, the number, `#` and the SQL state, words. */
export function refusal(packet: Buffer): BinlogError {
  const number = packet.readUInt16LE(1);
  const words = packet.subarray(packet[3] === 0x23 ? 9 : 3).toString();
  if (number === ER_MASTER_FATAL_ERROR_READING_BINLOG) return new BinlogError('position', words);
  const kind = number === ER_SPECIFIC_ACCESS_DENIED ? 'setup' : 'lost';
  return new BinlogError(kind, words);
}
