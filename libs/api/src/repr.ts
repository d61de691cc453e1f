/** A string as Python's repr() writes it. */
function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (char === '\\' || char === quote) out += `\\${char}`;
    else if (char === '\n') out += '\\n';
    else if (char === '\r') out += '\\r';
    else if (char === '\t') out += '\\t';
    else if (code < 0x20 || (code >= 0x7f && code < 0xa1) || code === 0xad)
      out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += char;
  }
  return quote + out + quote;
}

/** A JSON value as Python's repr() writes it: validation messages of Keystone hold Python values. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return reprString(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([key, held]) => `${reprString(key)}: ${repr(held)}`);
    return `{${members.join(', ')}}`;
  }
  return String(value as number);
}

/** A JSON value as Python's str() writes it. */
export const str = (value: unknown): string => (typeof value === 'string' ? value : repr(value));
