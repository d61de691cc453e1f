import { timeText, type UtcTime } from '@keystone/database';

const DAY_MS = 86_400_000;

const withFraction = (whole: string, microseconds: number): UtcTime =>
  `${whole}.${String(microseconds).padStart(6, '0')}Z`;

/** @param microseconds since the epoch, as Python's DateTimeInt columns hold a moment */
export function fromMicroseconds(microseconds: number): UtcTime {
  const seconds = Math.floor(microseconds / 1e6);
  return withFraction(new Date(seconds * 1000).toISOString().slice(0, 19), microseconds - seconds * 1e6);
}

export const toMicroseconds = (time: UtcTime): number =>
  (Date.parse(`${time.slice(0, 19)}Z`) / 1000) * 1e6 + Number(time.slice(20, 26));

/** @param ms since the epoch */
export const fromMs = (ms: number): UtcTime => fromMicroseconds(Math.floor(ms) * 1000);

/** @returns milliseconds since the epoch; what is smaller is cut off */
export const toMs = (time: UtcTime): number => Date.parse(time);

/** A moment kept twice: the microseconds win over the DATETIME beside it (identity/backends/sql_model.py, Password). */
export function momentOf(microseconds: number | string | null, stored: string | null): UtcTime | null {
  if (microseconds !== null) return fromMicroseconds(Number(microseconds));
  return stored === null ? null : timeText.from(stored);
}

/** As Python's jsonutils prints a datetime that knows no zone: `2016-11-06T15:32:17.000000`. */
export const naive = (time: UtcTime): string => time.slice(0, -1);

/** @param ms since the epoch @returns the day in UTC: `2026-01-02` */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Whole days from one day to the other. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;
