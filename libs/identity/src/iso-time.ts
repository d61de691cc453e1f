const DATE = String.raw`(\d{4})(?:(?:-(\d{1,2})|(\d{2})(?!$))(?:(?:-(\d{1,2})|(\d{2}))`;
const TIME = String.raw`(?:[ T](\d{2})(?::?(\d{2}))?(?::?(\d{1,2})(?:[.,](\d+))?)?(Z|[-+]\d{2}:?(?:\d{2})?)?)?)?)?`;
const MOMENT = new RegExp(`^${DATE}${TIME}$`);

/** Minutes that clocks are ahead of UTC there: `+02:00` is 120. */
function offset(zone: string | undefined): number {
  if (!zone || zone === 'Z') return 0;
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(3).replace(':', '') || '0'];
  return (zone.startsWith('-') ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/**
 * A moment as Python's iso8601 reads it: a year is enough, UTC unless it says otherwise.
 * @returns microseconds since the epoch; null for what is no time
 */
export function parseMoment(text: string): number | null {
  const found = MOMENT.exec(text);
  if (!found) return null;
  const [, year = '', month, monthBare, day, dayBare, hour, minute, second, fraction = '', zone] = found;
  const parts = [year, month ?? monthBare, day ?? dayBare, hour ?? '0', minute ?? '0', second ?? '0'];
  const [y = 0, mo = 1, d = 1, h = 0, mi = 0, s = 0] = parts.map((part) => Number(part ?? 1));
  const date = new Date(Date.UTC(2000, mo - 1, d, h, mi, s));
  date.setUTCFullYear(y, mo - 1, d);
  // What JavaScript would carry over into the next field is no time for Python.
  const same = date.getUTCMonth() === mo - 1 && date.getUTCDate() === d && date.getUTCHours() === h;
  if (y < 1 || !same || mi > 59 || s > 59 || Math.abs(offset(zone)) >= 24 * 60) return null;
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
  return (date.getTime() - offset(zone) * 60_000) * 1000 + micros;
}
