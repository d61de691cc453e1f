import { repr } from '@keystone/api';

/** The names that an endpoint's URL may use (common/utils.py, WHITELISTED_PROPERTIES). */
const KNOWN = new Set(['tenant_id', 'project_id', 'user_id', 'compute_host', 'public_endpoint']);

/** A place in a URL to be filled in; one without a name stands, in Python, for all values at once. */
interface Slot {
  name: string | undefined;
  show(value: string): string;
}
type Part = string | Slot;

/**
 * Flags, width, precision, C's length and the conversion of Python's `%`. Values are text, so that of its conversions
 * only `s`, `r` and `a` work. A width that no URL has is refused: Python would try to make room for it.
 */
const CONVERSION = /^([-+ #0]*)(\d{0,3})(?:\.(\d{0,3}))?[hlL]?([sra])/;

/** Where the name that begins at `start` ends: parentheses pair up inside it. */
function nameEnd(text: string, start: number): number {
  let open = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '(') open++;
    else if (text[at] === ')' && --open === 0) return at;
  }
  return -1;
}

function slot(name: string | undefined, [, flags = '', width = '', precision, conversion]: readonly string[]): Slot {
  return {
    name,
    show(value) {
      const shown = Array.from(conversion === 's' ? value : repr(value));
      const text = precision === undefined ? shown : shown.slice(0, Number(precision));
      const padding = ' '.repeat(Math.max(0, Number(width) - text.length));
      return flags.includes('-') ? text.join('') + padding : padding + text.join('');
    },
  };
}

/** The parts of a URL, or undefined where Python cannot read it: `$(name)s` is `%(name)s`, `%%` a percent sign. */
function read(url: string): Part[] | undefined {
  const text = url.replaceAll('$(', '%(');
  const parts: Part[] = [];
  let from = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', from)) {
    parts.push(text.slice(from, at));
    from = at + 2;
    if (text[at + 1] === '%') {
      parts.push('%');
      continue;
    }
    const named = text[at + 1] === '(';
    const end = named ? nameEnd(text, from) : at;
    const conversion = end < 0 ? null : CONVERSION.exec(text.slice(end + 1));
    // All values at once can be had but once, and not after one of them.
    const spent = !named && parts.some((part) => typeof part !== 'string');
    if (!conversion || spent) return undefined;
    parts.push(slot(named ? text.slice(from, end) : undefined, conversion));
    from = end + 1 + conversion[0].length;
  }
  return [...parts, text.slice(from)];
}

/** Whether a URL may be stored: its substitutions are known and well-formed (common/utils.py, check_endpoint_url). */
export function isUrlTemplate(url: string): boolean {
  const parts = read(url);
  return parts?.every((part) => typeof part === 'string' || part.name === undefined || KNOWN.has(part.name)) ?? false;
}

export type Filled = { url: string } | { missing: string } | { malformed: true };

/**
 * A URL with its substitutions made (common/utils.py, format_url). What Python makes of a substitution without a name
 * is the address of an object; here such a URL is malformed.
 */
export function fillUrl(template: string, values: ReadonlyMap<string, string>): Filled {
  const parts = template.includes('%') || template.includes('$(') ? read(template) : [template];
  if (!parts) return { malformed: true };
  let url = '';
  for (const part of parts) {
    const value = typeof part === 'string' || part.name === undefined ? undefined : values.get(part.name);
    if (typeof part === 'string') url += part;
    else if (part.name === undefined) return { malformed: true };
    else if (value === undefined) return { missing: part.name };
    else url += part.show(value);
  }
  return { url };
}
