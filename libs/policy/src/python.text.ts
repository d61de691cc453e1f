/** Python's repr of a float: the shortest digits, an exponent below 1e-4 and from 1e16 on. */
export const floatText = (value: number): string => {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const plain = exponent < -6 ? value.toFixed(20) : String(value);
  const signed = Object.is(value, -0) ? '-0' : plain;
  return Number.isInteger(value) ? `${signed}.0` : signed;
};

// JSON does not tell 1 from 1.0 once parsed: a whole number is taken for an integer.
const numberText = (value: number): string => (Number.isInteger(value) ? BigInt(value).toString() : floatText(value));

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
};

const quoted = (text: string): string => {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\\n\r\t]|[\p{C}\p{Z}]|'/gu, (character) => {
    if (character === "'") return quote === "'" ? "\\'" : "'";
    return character === ' ' ? ' ' : (ESCAPES[character] ?? escaped(character));
  });
  return `${quote}${body}${quote}`;
};

/** Python's `repr()` of a JSON value. */
export const pythonRepr = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${quoted(key)}: ${pythonRepr(member)}`)
      .join(', ')}}`;
  }
  return scalarText(value);
};

const scalarText = (value: unknown): string => {
  if (value === true) return 'True';
  if (value === false) return 'False';
  return typeof value === 'number' ? numberText(value) : value == null ? 'None' : String(value);
};

/** Python's `str()` of a JSON value: what both sides of a check are compared as. */
export const pythonText = (value: unknown): string => (typeof value === 'string' ? value : pythonRepr(value));
