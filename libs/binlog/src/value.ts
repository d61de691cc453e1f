import type { Bytes } from './bytes.ts';
import { bytes } from './bytes.ts';
import { TYPE, type Column } from './table-map.ts';

export type Scalar = string | number | boolean | null;

const DIGITS_BYTES = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

/** The bytes of one value, unread. @throws Error for a type that is not known: nothing behind it could be found. */
export function valueBytes(row: Bytes, { type, meta }: Column): Buffer {
  const size = fixedSize(type, meta);
  if (size !== undefined) return row.take(size);
  switch (type) {
    case TYPE.varchar:
    case TYPE.varcharCompressed:
    case TYPE.varString:
    case TYPE.string:
      return row.take(meta < 256 ? row.u8() : row.u16());
    case TYPE.blobCompressed:
    case TYPE.vector:
    case TYPE.json:
    case TYPE.tinyBlob:
    case TYPE.mediumBlob:
    case TYPE.longBlob:
    case TYPE.blob:
    case TYPE.geometry:
      return row.take(row.take(meta).readUIntLE(0, meta));
    default:
      throw new Error(`columns of type ${type} are not known`);
  }
}

function fixedSize(type: number, meta: number): number | undefined {
  switch (type) {
    case TYPE.tiny:
    case TYPE.year:
      return 1;
    case TYPE.short:
      return 2;
    case TYPE.int24:
    case TYPE.date:
    case TYPE.time:
      return 3;
    case TYPE.long:
    case TYPE.float:
    case TYPE.timestamp:
      return 4;
    case TYPE.longlong:
    case TYPE.double:
    case TYPE.datetime:
      return 8;
    case TYPE.timestamp2:
      return 4 + fractionBytes(meta);
    case TYPE.datetime2:
      return 5 + fractionBytes(meta);
    case TYPE.time2:
      return 3 + fractionBytes(meta);
    case TYPE.bit:
      return (meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0);
    case TYPE.decimal:
      return decimalBytes(meta & 0xff, meta >> 8);
    case TYPE.enumeration:
    case TYPE.set:
      return meta & 0xff;
    default:
      return undefined;
  }
}

const fractionBytes = (digits: number): number => (digits + 1) >> 1;

function decimalBytes(precision: number, scale: number): number {
  const whole = precision - scale;
  const part = (digits: number) => Math.floor(digits / 9) * 4 + (DIGITS_BYTES[digits % 9] ?? 0);
  return part(whole) + part(scale);
}

/**
 * A value of the types that Keystone's keys and flags have. Times are text, as MySQL prints them; an enumeration its
 * label, where `labels` names them. @throws Error for another type
 */
export function readValue(value: Buffer, { type, meta }: Column, labels: readonly string[] = []): Scalar {
  switch (type) {
    case TYPE.tiny:
    case TYPE.short:
    case TYPE.int24:
    case TYPE.long:
      return value.readIntLE(0, value.length);
    case TYPE.longlong:
      return integer(value.readBigInt64LE());
    case TYPE.varchar:
    case TYPE.varString:
    case TYPE.string:
    case TYPE.tinyBlob:
    case TYPE.mediumBlob:
    case TYPE.longBlob:
    case TYPE.blob:
      return value.toString();
    case TYPE.enumeration:
      return labels[value.readUIntLE(0, value.length) - 1] ?? null;
    case TYPE.date:
      return date(value.readUIntLE(0, 3));
    case TYPE.datetime:
      return decimalDatetime(value.readBigInt64LE());
    case TYPE.datetime2:
      return datetime(bytes(value), meta);
    case TYPE.timestamp:
      return seconds(value.readUInt32LE());
    case TYPE.timestamp2:
      return seconds(value.readUInt32BE());
    default:
      throw new Error(`columns of type ${type} are not read`);
  }
}

const integer = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

const two = (value: number): string => String(value).padStart(2, '0');
const day = (year: number, month: number, date: number): string =>
  `${String(year).padStart(4, '0')}-${two(month)}-${two(date)}`;

const date = (packed: number): string => day(packed >> 9, (packed >> 5) & 15, packed & 31);
const seconds = (time: number): string => new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** As servers before MySQL 5.6 kept it: 20261123202132. */
function decimalDatetime(value: bigint): string {
  const text = String(value).padStart(14, '0');
  return text.replace(/^(.{4})(..)(..)(..)(..)(..)$/, '$1-$2-$3 $4:$5:$6');
}

/** 1 bit sign, 17 bits year × 13 + month, 5 day, 5 hour, 6 minute, 6 second, from the highest; then the fraction. */
function datetime(value: Bytes, digits: number): string {
  const packed = value.take(5).readUIntBE(0, 5) - 0x8000000000;
  const clock = packed % 0x20000;
  const days = Math.floor(packed / 0x20000);
  const months = days >> 5;
  const time = [clock >> 12, (clock >> 6) & 63, clock & 63].map(two).join(':');
  return `${day(Math.floor(months / 13), months % 13, days & 31)} ${time}${fraction(value, digits)}`;
}

function fraction(value: Bytes, digits: number): string {
  if (digits === 0) return '';
  const length = fractionBytes(digits);
  const text = String(value.take(length).readUIntBE(0, length)).padStart(length * 2, '0');
  return `.${text.slice(0, digits)}`;
}
