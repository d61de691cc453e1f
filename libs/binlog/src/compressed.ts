import { inflateSync, zstdDecompressSync } from 'node:zlib';
import { bytes } from './bytes.ts';

/** MariaDB's (log_event.cc, binlog_buf_uncompress): a byte with the length's length, the length, then zlib. */
export function mariadbInflate(packed: Buffer): Buffer {
  const lengthBytes = (packed[0] ?? 0) & 7;
  return inflateSync(packed.subarray(1 + lengthBytes));
}

const FIELD = { end: 0, size: 1, type: 2, unpacked: 3 } as const;
const ZSTD = 0;

/** The events inside MySQL's Transaction_payload_event, whole with their headers. Their checksums are left out. */
export function* mysqlPayload(body: Buffer): Generator<Buffer> {
  const fields = bytes(body);
  let packed = true;
  for (let field = fields.length(); field !== FIELD.end; field = fields.length()) {
    const value = bytes(fields.take(fields.length()));
    if (field === FIELD.type) packed = value.length() === ZSTD;
  }
  const events = packed ? zstdDecompressSync(fields.rest()) : fields.rest();
  for (let at = 0; at < events.length;) {
    const size = events.readUInt32LE(at + 9);
    yield events.subarray(at, at + size);
    at += size;
  }
}
