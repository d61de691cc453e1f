import { crc32 } from 'node:zlib';
import { bytes } from './bytes.ts';
import { BinlogError } from './binlog-error.ts';

/** Event types, as MariaDB's log_event.h and MySQL's binlog_event.h number them. */
export const EVENT = {
  query: 2,
  stop: 3,
  rotate: 4,
  intvar: 5,
  rand: 13,
  userVar: 14,
  formatDescription: 15,
  xid: 16,
  tableMap: 19,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  incident: 26,
  heartbeat: 27,
  rowsQuery: 29,
  writeRows: 30,
  updateRows: 31,
  deleteRows: 32,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  transactionContext: 36,
  viewChange: 37,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  heartbeatV2: 41,
  mariadbAnnotateRows: 160,
  mariadbCheckpoint: 161,
  mariadbGtid: 162,
  mariadbGtidList: 163,
  mariadbStartEncryption: 164,
  mariadbQueryCompressed: 165,
  mariadbWriteRowsCompressed: 166,
  mariadbUpdateRowsCompressed: 167,
  mariadbDeleteRowsCompressed: 168,
} as const;

const CHECKSUM_LENGTH = 4;
const ARTIFICIAL = 0x20;
const IGNORABLE = 0x80;

export interface BinlogEvent {
  type: number;
  /** The id of the server that it was written by first. */
  server: number;
  /** Where the next event of the file begins; 0 where the event stands in no file. */
  next: number;
  ignorable: boolean;
  /** Without header and checksum. */
  body: Buffer;
}

/** @param checksummed whether events end in their CRC-32 */
export function parseEvent(event: Buffer, checksummed: boolean): BinlogEvent {
  const fields = bytes(event, 4);
  const type = fields.u8();
  const server = fields.u32();
  fields.u32();
  const next = fields.u32();
  const flags = fields.u16();
  const checked = checksummed && type !== EVENT.formatDescription;
  if (checked) check(event);
  return {
    type,
    server,
    next: flags & ARTIFICIAL ? 0 : next,
    ignorable: (flags & IGNORABLE) !== 0,
    body: fields.take(fields.left - (checked ? CHECKSUM_LENGTH : 0)),
  };
}

function check(event: Buffer): void {
  const end = event.length - CHECKSUM_LENGTH;
  if (crc32(event.subarray(0, end)) === event.readUInt32LE(end)) return;
  throw new BinlogError('lost', 'an event of the binlog arrived damaged: its checksum is wrong');
}

/** Whether events after a format description carry checksums: the byte before its own, which it always has. */
export const checksumsAfter = ({ body }: BinlogEvent): boolean => body.at(-CHECKSUM_LENGTH - 1) === 1;

/** After two bytes of version and fifty of the server's. */
const CREATED = 52;

/** Whether this is the head of a server's first file since it was started. */
export const isFirstFile = ({ next, body }: BinlogEvent): boolean => next > 0 && body.readUInt32LE(CREATED) !== 0;
