const REFERENCE = /\$(?:(\$)|([_a-z][._a-z0-9]*)|\{([_a-z][._a-z0-9]*)\})/gi;

/**
 * Replaces `$name`, `${name}`, `$group.name` and `${group.name}` (cfg.py, _substitute and Template). `$$` and `\$` are a
 * dollar sign; a dollar before anything else stays as it is.
 */
export const substitute = (text: string, valueOf: (reference: string) => string): string =>
  text
    .replaceAll('\\$', () => '$$')
    .replace(
      REFERENCE,
      (_match, dollar?: string, bare?: string, braced?: string) => dollar ?? valueOf(bare ?? braced ?? ''),
    );

const inQuotes = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;
};

const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) ? `${value}.0` : String(value);
};

const inside = (value: unknown): string => (typeof value === 'string' ? inQuotes(value) : asText(value, 'str'));

/** A value as Python's str() writes it, for that is what a reference to it becomes. */
export const asText = (value: unknown, kind: string): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return kind === 'float' ? floatText(value) : String(value);
  if (Array.isArray(value)) return `[${value.map(inside).join(', ')}]`;
  if (typeof value === 'string') return value;
  return `{${Object.entries(value)
    .map(([key, item]) => `${inQuotes(key)}: ${inside(item)}`)
    .join(', ')}}`;
};
