import type { EntitySchemaColumnOptions, ValueTransformer } from 'typeorm';
import { timeText } from './time.ts';

/** Nulls pass. */
const transformer = (convert: { to(value: never): unknown; from(stored: never): unknown }): ValueTransformer => ({
  to: (value: unknown) => (value === null || value === undefined ? value : convert.to(value as never)),
  from: (stored: unknown) => (stored === null || stored === undefined ? stored : convert.from(stored as never)),
});

const integer = (stored: number | string): number => {
  const value = Number(stored);
  if (!Number.isSafeInteger(value)) throw new RangeError(`Beyond what a number holds: ${stored}`);
  return value;
};

// Python escapes whatever is not ASCII, and so its utf8mb3 columns hold characters they otherwise could not.
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

// Python also takes and keeps NaN and Infinity, which are no JSON. One such value must not hide all the others of a list.
const PYTHON_NUMBER = /("(?:[^"\\]|\\.)*")|-?\b(?:NaN|Infinity)\b/g;

const parse = (stored: string): unknown => {
  try {
    return JSON.parse(stored);
  } catch {
    return JSON.parse(stored.replace(PYTHON_NUMBER, (_, string?: string) => string ?? 'null'));
  }
};

/** JSON in a TEXT column as Python's JsonBlob keeps it: ASCII only, and NaN read as null. */
export const jsonText = { to: asciiJson, from: parse };

/**
 * Columns of an EntitySchema that give the same values on both engines. Their types are for TypeORM's conversions and
 * make no schema, hence the texts: TypeORM would make Dates of `datetime`.
 */
export const column = {
  /** A string: ids, names, enumerations. */
  text: { type: 'varchar' },
  /** A boolean. */
  flag: { type: 'boolean' },
  /** A number, also of a BIGINT: microseconds since 1970 stay below 2^53. */
  integer: { type: 'bigint', transformer: transformer({ to: (value: number) => value, from: integer }) },
  /** A {@link UtcTime}. */
  time: { type: 'varchar', transformer: transformer(timeText) },
  /** A date without time: `2026-01-02`. */
  day: { type: 'varchar' },
  /** Any JSON value, e.g. of an option. */
  json: { type: 'text', transformer: transformer(jsonText) },
  /** A number given by the database to a new row. */
  serial: { type: 'int', primary: true, generated: 'increment' },
} as const satisfies Record<string, EntitySchemaColumnOptions>;

export const key = <Column extends EntitySchemaColumnOptions>(of: Column) => ({ ...of, primary: true }) as const;

export const nullable = <Column extends EntitySchemaColumnOptions>(of: Column) => ({ ...of, nullable: true }) as const;
