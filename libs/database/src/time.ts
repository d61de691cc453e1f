/**
 * A moment in UTC as the API writes it: `2026-01-02T03:04:05.123456Z`, always with six decimals. Such texts compare as
 * the moments do. A Date holds only milliseconds and would change what Python wrote.
 */
export type UtcTime = string;

const STORED = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/;

const withMicroseconds = (text: string, separator: string): string => {
  const [, day, time, fraction = ''] = STORED.exec(text) ?? [];
  if (!day) throw new TypeError(`Not a time: ${text}`);
  return `${day}${separator}${time}.${fraction.padEnd(6, '0')}`;
};

/**
 * Between {@link UtcTime} and what a DATETIME column takes and gives: SQLAlchemy's `2026-01-02 03:04:05.123456`, UTC
 * without saying so. SQLite keeps all of it; MySQL's columns hold seconds, rounded (MySQL) or cut (MariaDB) by the
 * server. For statements of one's own; entities do it by their columns.
 */
export const timeText = {
  /** @param time with `Z` and up to six decimals, e.g. of `Date.toISOString` */
  to(time: UtcTime): string {
    if (!time.endsWith('Z')) throw new TypeError(`Not a time in UTC: ${time}`);
    return withMicroseconds(time.slice(0, -1), ' ');
  },
  from: (stored: string): UtcTime => `${withMicroseconds(stored, 'T')}Z`,
};
