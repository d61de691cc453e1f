import { bytes, type Bytes } from './bytes.ts';

/** Column types, as MySQL's field_types.h and MariaDB's numbers for compressed columns. */
export const TYPE = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  varchar: 15,
  bit: 16,
  timestamp2: 17,
  datetime2: 18,
  time2: 19,
  blobCompressed: 140,
  varcharCompressed: 141,
  vector: 242,
  json: 245,
  decimal: 246,
  enumeration: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

export interface Column {
  type: number;
  /** What the type needs to be read: a length, a precision, the number of bytes of a length. */
  meta: number;
}

export interface TableMap {
  id: number;
  database: string;
  table: string;
  columns: Column[];
}

/** Without the columns: most tables are nobody's business here. */
export function tableNamed(body: Buffer): Omit<TableMap, 'columns'> & { rest: Bytes } {
  const rest = bytes(body);
  const id = rest.u48();
  rest.u16();
  const database = named(rest);
  return { id, database, table: named(rest), rest };
}

function named(fields: Bytes): string {
  const name = fields.text(fields.u8());
  fields.u8();
  return name;
}

export function columnsOf(rest: Bytes): Column[] {
  const types = [...rest.take(rest.length())];
  const meta = bytes(rest.take(rest.length()));
  return types.map((type) => column(type, meta));
}

function column(type: number, meta: Bytes): Column {
  switch (type) {
    case TYPE.string:
      return fixedString(meta.u8(), meta.u8());
    case TYPE.enumeration:
    case TYPE.set:
    case TYPE.bit:
    case TYPE.decimal:
      return { type, meta: meta.u8() | (meta.u8() << 8) };
    case TYPE.varchar:
    case TYPE.varcharCompressed:
    case TYPE.varString:
      return { type, meta: meta.u16() };
    case TYPE.float:
    case TYPE.double:
    case TYPE.timestamp2:
    case TYPE.datetime2:
    case TYPE.time2:
    case TYPE.blobCompressed:
    case TYPE.vector:
    case TYPE.json:
    case TYPE.tinyBlob:
    case TYPE.mediumBlob:
    case TYPE.longBlob:
    case TYPE.blob:
    case TYPE.geometry:
      return { type, meta: meta.u8() };
    default:
      return { type, meta: 0 };
  }
}

/** CHAR, ENUM and SET share a type: the real one stands in the first byte, two bits of which are the length's highest. */
function fixedString(first: number, second: number): Column {
  if ((first & 0x30) !== 0x30) return { type: TYPE.string, meta: second | (((first & 0x30) ^ 0x30) << 4) };
  const real = first === TYPE.enumeration || first === TYPE.set;
  return { type: real ? first : TYPE.string, meta: second };
}
