// What Python's str.strip() takes away: not the same set as JavaScript's trim(), which keeps \x1c-\x1f and \x85.
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const LEADING = new RegExp(`^${SPACE}+`);
const IS_SPACE = new RegExp(SPACE);

export const stripStart = (text: string): string => text.replace(LEADING, '');

// A loop, since /\s+$/ takes quadratic time on a long run of spaces in the middle of a line.
export const stripEnd = (text: string): string => {
  let end = text.length;
  while (end > 0 && IS_SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};

export const strip = (text: string): string => stripStart(stripEnd(text));

/** Lines as Python's text mode sees them: `\n`, `\r\n` and a lone `\r` end one. */
export const lines = (text: string): string[] => text.split(/\r\n|\r|\n/);
