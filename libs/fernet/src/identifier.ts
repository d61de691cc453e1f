import type { Packable, Wire } from './msgpack.ts';
import { malformed } from './token-error.ts';

const PLAIN = /^[0-9a-f]{32}$/;
/** What Python's `int(text, 16)` reads, but for digits outside ASCII. */
const PYTHON_HEX = /^\s*\+?(?:0[xX]_?)?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*\s*$/;

/**
 * The 16 bytes that Python's `uuid.UUID(id)` makes of an id, or `undefined` where it refuses. It reads far more than
 * hex digits (hyphens, braces, `urn:uuid:`, capitals, even `0x`), and only the plain spelling comes back: an id spelled
 * otherwise is another id once it was in a token. Python's tokens say the same, so ours do.
 */
export const uuidBytes = (id: string): Buffer | undefined => {
  if (PLAIN.test(id)) return Buffer.from(id, 'hex');
  const bare = id.replaceAll('urn:', '').replaceAll('uuid:', '');
  const digits = bare.replace(/^[{}]+|[{}]+$/g, '').replaceAll('-', '');
  if (digits.length !== 32 || !PYTHON_HEX.test(digits)) return undefined;
  const hex = digits.trim().replace(/^\+/, '').replace(/^0x/i, '').replaceAll('_', '');
  return Buffer.from(hex.padStart(32, '0'), 'hex');
};

/** An id as tokens carry it: `[true, its 16 bytes]` where it reads as a UUID, else `[false, text]`. */
export const packId = (id: string | null): Packable => {
  const bytes = id === null ? undefined : uuidBytes(id);
  return bytes ? [true, bytes] : [false, id];
};

// A byte order mark is part of the text in Python.
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param what the field, for the error */
export const readString = (wire: Wire | undefined, what: string): string => {
  if (!Buffer.isBuffer(wire)) return malformed(`${what} is no text`);
  try {
    return UTF_8.decode(wire);
  } catch {
    return malformed(`${what} is not UTF-8`);
  }
};

export const readUuid = (wire: Wire | undefined, what: string): string =>
  Buffer.isBuffer(wire) && wire.length === 16 ? wire.toString('hex') : malformed(`${what} is not 16 bytes`);

/** `null` where the field may be empty: `[false, nil]`. */
export const readOptionalId = (wire: Wire | undefined, what: string): string | null => {
  if (!Array.isArray(wire) || wire.length !== 2) return malformed(`${what} is no pair`);
  const [packed, value] = wire;
  if (packed === true) return readUuid(value, what);
  if (packed !== false) return malformed(`${what} does not say how it is packed`);
  return value === null ? null : readString(value, what);
};

export const readId = (wire: Wire | undefined, what: string): string =>
  readOptionalId(wire, what) ?? malformed(`${what} is empty`);
