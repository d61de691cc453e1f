import { pack as packValue } from 'msgpackr';
import { malformed } from './token-error.ts';

/** What a payload is made of, unread: text and bytes alike are bytes until a field says which it is. */
export type Wire = number | boolean | null | Buffer | Wire[];

/** What a payload is made of, to be written: strings become `str`, buffers `bin`, as Python's msgpack does. */
export type Packable = number | boolean | null | string | Buffer | readonly Packable[];

const FLOAT_64 = 0xcb;

/**
 * A msgpack array in which the element `floatAt` is a 64-bit float even where it is whole: Python writes its floats so,
 * and JavaScript cannot tell a whole float from an integer.
 * @param values at most 15, among them the float
 */
export const packWithFloat = (values: readonly Packable[], floatAt: number): Buffer => {
  const float = Buffer.alloc(9, FLOAT_64);
  float.writeDoubleBE(values[floatAt] as number, 1);
  // Up to 15 elements an array's head is one byte, so arrays are joined by cutting it off.
  const before = packValue(values.slice(0, floatAt)).subarray(1);
  const after = packValue(values.slice(floatAt + 1)).subarray(1);
  return Buffer.concat([Uint8Array.of(0x90 | values.length), before, float, after]);
};

/** Deeper than any payload; random bytes must not exhaust the stack. */
const DEEPEST = 8;

interface Cursor {
  bytes: Buffer;
  at: number;
}

/** Moves past `count` bytes and says where they began. */
const take = (cursor: Cursor, count: number): number => {
  const start = cursor.at;
  if (start + count > cursor.bytes.length) malformed('it ends too early');
  cursor.at = start + count;
  return start;
};

const takeUnsigned = (cursor: Cursor, size: number): number => cursor.bytes.readUIntBE(take(cursor, size), size);

const takeBytes = (cursor: Cursor, count: number): Buffer => {
  const start = take(cursor, count);
  return cursor.bytes.subarray(start, start + count);
};

const takeList = (cursor: Cursor, count: number, depth: number): Wire[] => {
  if (depth > DEEPEST) malformed('it is nested too deep');
  const items: Wire[] = [];
  for (let index = 0; index < count; index++) items.push(takeValue(cursor, depth + 1));
  return items;
};

const takeTagged = (cursor: Cursor, tag: number, depth: number): Wire => {
  switch (tag) {
    case 0xc0:
      return null;
    case 0xc2:
    case 0xc3:
      return tag === 0xc3;
    case 0xc4: // bin 8, 16, 32
    case 0xc5:
    case 0xc6:
      return takeBytes(cursor, takeUnsigned(cursor, 1 << (tag - 0xc4)));
    case FLOAT_64:
      return cursor.bytes.readDoubleBE(take(cursor, 8));
    case 0xcc: // uint 8, 16, 32; no payload holds a larger one
    case 0xcd:
    case 0xce:
      return takeUnsigned(cursor, 1 << (tag - 0xcc));
    case 0xd9: // str 8, 16, 32
    case 0xda:
    case 0xdb:
      return takeBytes(cursor, takeUnsigned(cursor, 1 << (tag - 0xd9)));
    case 0xdc: // array 16, 32
    case 0xdd:
      return takeList(cursor, takeUnsigned(cursor, tag === 0xdc ? 2 : 4), depth);
    default:
      return malformed('it holds a type that no payload has');
  }
};

const takeValue = (cursor: Cursor, depth: number): Wire => {
  const tag = takeUnsigned(cursor, 1);
  if (tag < 0x80) return tag;
  if (tag >= 0x90 && tag < 0xa0) return takeList(cursor, tag & 0x0f, depth);
  if (tag >= 0xa0 && tag < 0xc0) return takeBytes(cursor, tag & 0x1f);
  return takeTagged(cursor, tag, depth);
};

/**
 * Reads one msgpack array to the last byte. Text stays bytes, because before msgpack 1.0 Python wrote bytes as text
 * (token_formatters.py reads such a payload a second time with `raw=True`), which a general reader replaces by U+FFFD.
 * @throws TokenError on anything else
 */
export const unpackList = (bytes: Buffer): Wire[] => {
  const cursor: Cursor = { bytes, at: 0 };
  const value = takeValue(cursor, 0);
  if (cursor.at !== bytes.length) malformed('something follows it');
  return Array.isArray(value) ? value : malformed('it is not a list');
};
