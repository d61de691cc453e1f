import { pythonRepr, pythonText } from './python.text.ts';
import { lookUp, MISSING, type PolicyTarget, type TargetLookup } from './target.ts';
import { undecidable } from './undecidable.ts';

/** The right side of a check, ready to be filled in from a target. */
export type Template =
  | { constant: string }
  /** The text, or undefined where the target lacks a name: such a check is false. */
  | { fill: (target: PolicyTarget) => string | undefined }
  | { unreadable: string };

type Part = string | { look: TargetLookup; show: (value: unknown) => string };

const CONVERSION = /^([-#0 +]*)(\d*)(?:\.(\d*))?[hlL]?([srdiu])/;

/** `%(a(b)s` is unfinished: parentheses pair up inside a name. */
const nameEnd = (text: string, start: number): number => {
  let open = 1;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '(') open++;
    else if (text[at] === ')' && --open === 0) return at;
  }
  return -1;
};

const integerText = (value: unknown): string => {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value !== 'number' || !Number.isFinite(value)) return undecidable('%d of something that is no number');
  return BigInt(Math.trunc(value)).toString();
};

const signed = (text: string, flags: string, zeros: number): string => {
  const sign = text.startsWith('-') ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const digits = text.replace('-', '');
  return sign + digits.padStart(zeros - sign.length, '0');
};

const shower = ([, flags = '', width = '', precision, letter = 's']: readonly (string | undefined)[]) => {
  const wide = Number(width);
  const pad = (text: string) => {
    const missing = wide - Array.from(text).length;
    if (missing <= 0) return text;
    return flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
  };
  if (letter === 's' || letter === 'r') {
    const show = letter === 's' ? pythonText : pythonRepr;
    if (precision === undefined) return wide === 0 ? show : (value: unknown) => pad(show(value));
    return (value: unknown) => pad(Array.from(show(value)).slice(0, Number(precision)).join(''));
  }
  const zeros = flags.includes('0') && !flags.includes('-') ? wide : 0;
  return (value: unknown) => {
    const digits = integerText(value);
    const least = Number(precision ?? 0);
    const padded = digits.startsWith('-') ? `-${digits.slice(1).padStart(least, '0')}` : digits.padStart(least, '0');
    return pad(signed(padded, flags, zeros));
  };
};

const readParts = (text: string): Part[] | undefined => {
  const parts: Part[] = [];
  let at = 0;
  for (let percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', at)) {
    parts.push(text.slice(at, percent));
    if (text[percent + 1] === '%') {
      parts.push('%');
      at = percent + 2;
      continue;
    }
    const end = text[percent + 1] === '(' ? nameEnd(text, percent + 2) : -1;
    const conversion = end < 0 ? null : CONVERSION.exec(text.slice(end + 1));
    if (!conversion) return undefined;
    parts.push({ look: lookUp(text.slice(percent + 2, end)), show: shower(conversion) });
    at = end + 1 + conversion[0].length;
  }
  parts.push(text.slice(at));
  return parts.filter((part) => part !== '');
};

/** Prepares Python's `text % target` for the conversions that make sense of policy targets: s, r, d, i, u and %%. */
export const readTemplate = (text: string): Template => {
  const parts = readParts(text);
  if (!parts) return { unreadable: `${JSON.stringify(text)} is not a template of the form %(name)s` };
  if (parts.every((part) => typeof part === 'string')) return { constant: parts.join('') };
  const [only] = parts;
  if (only && parts.length === 1 && typeof only !== 'string') return { fill: (target) => filled(only, target) };
  return {
    fill: (target) => {
      let result = '';
      for (const part of parts) {
        const piece = typeof part === 'string' ? part : filled(part, target);
        if (piece === undefined) return undefined;
        result += piece;
      }
      return result;
    },
  };
};

const filled = ({ look, show }: Exclude<Part, string>, target: PolicyTarget): string | undefined => {
  const value = look(target);
  return value === MISSING ? undefined : show(value);
};
