/** Seconds since the epoch as Keystone writes times in tokens: whole seconds, six digits of them nonetheless. */
export const isoTime = (seconds: number): string =>
  new Date(Math.floor(seconds) * 1000).toISOString().replace('Z', '000Z');
