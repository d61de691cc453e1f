/** Reads little-endian fields one after another. Errors: RangeError where the bytes end early. */
export interface Bytes {
  readonly left: number;
  u8(): number;
  u16(): number;
  u32(): number;
  /** Six bytes. */
  u48(): number;
  u64(): bigint;
  /** MySQL's length-encoded integer. */
  length(): number;
  /** A view, not a copy. */
  take(count: number): Buffer;
  text(count: number): string;
  rest(): Buffer;
}

export function bytes(buffer: Buffer, start = 0): Bytes {
  let at = start;
  const advance = (count: number) => {
    if (at + count > buffer.length) throw new RangeError('A binlog event ends before its fields do');
    at += count;
    return at - count;
  };
  const unsigned = (count: number) => buffer.readUIntLE(advance(count), count);
  const take = (count: number) => buffer.subarray(advance(count), at);
  return {
    get left() {
      return buffer.length - at;
    },
    u8: () => unsigned(1),
    u16: () => unsigned(2),
    u32: () => unsigned(4),
    u48: () => unsigned(6),
    u64: () => buffer.readBigUInt64LE(advance(8)),
    length() {
      const first = unsigned(1);
      if (first < 0xfb) return first;
      if (first === 0xfc) return unsigned(2);
      if (first === 0xfd) return unsigned(3);
      return Number(buffer.readBigUInt64LE(advance(8)));
    },
    take,
    text: (count) => take(count).toString(),
    rest: () => take(buffer.length - at),
  };
}
