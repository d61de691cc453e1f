import type { Kind, Option } from './option.ts';
import { strip } from './whitespace.ts';
import { uriProblem } from './uri.ts';

/** Why a text is not a value of its kind. Never quotes the text: the option may be secret. */
export class InvalidValue extends Error {}

const invalid = (reason: string): never => {
  throw new InvalidValue(reason);
};

const WHOLE = /^[+-]?\d+(?:_\d+)*$/;
const DIGITS = '\\d+(?:_\\d+)*';
const DECIMAL = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`, 'i');

// Python's int() and float() take underscores between digits, and float() the words inf and nan.
const whole = (digits: string): number =>
  WHOLE.test(digits) ? Number(digits.replaceAll('_', '')) : invalid('must be an integer');

const decimal = (digits: string): number => {
  if (/^[+-]?nan$/i.test(digits)) return NaN;
  if (/^[+-]?inf(?:inity)?$/i.test(digits)) return digits.startsWith('-') ? -Infinity : Infinity;
  return DECIMAL.test(digits) ? Number(digits.replaceAll('_', '')) : invalid('must be a number');
};

const number =
  (read: (digits: string) => number) =>
  (text: string, { default: fallback, min, max }: Option): number | null => {
    const digits = strip(text);
    // oslo.config reads an empty number as None. Where Python has a default, it then fails at the first use.
    if (digits === '') return fallback === null ? null : invalid('has no value');
    const value = read(digits);
    if (min !== undefined && value < min) invalid(`must be at least ${min}`);
    if (max !== undefined && value > max) invalid(`must be at most ${max}`);
    return value;
  };

const BOOLEANS = new Map([
  ...['true', '1', 'on', 'yes'].map((word) => [word, true] as const),
  ...['false', '0', 'off', 'no'].map((word) => [word, false] as const),
]);

const boolean = (text: string): boolean =>
  BOOLEANS.get(text.toLowerCase()) ?? invalid('must be true or false (1/0, yes/no, on/off)');

const string = (text: string, { choices }: Option): string =>
  !choices || choices.includes(text) ? text : invalid(`must be one of ${choices.join(', ')}`);

const uri = (text: string): string => {
  const problem = uriProblem(text);
  return problem ? invalid(problem) : text;
};

/**
 * Splits at commas, and takes the comma back into an item that cannot be read without what follows it
 * (types.py, List and Dict).
 */
const items = <T>(text: string, read: (item: string) => T): T[] => {
  const parts = text.split(',');
  const found: T[] = [];
  for (let start = 0, end = 1; start < parts.length; end += 1) {
    try {
      found.push(read(parts.slice(start, end).join(',')));
      start = end;
    } catch (error) {
      if (!(error instanceof InvalidValue) || end >= parts.length) throw error;
    }
  }
  return found;
};

const list = (text: string, option: Option): string[] => {
  const inner = strip(text).replace(/,+$/, '');
  return inner === '' ? [] : items(inner, (item) => string(strip(item), option));
};

const bracketed = (text: string, option: Option): string[] => {
  const inner = strip(text).replace(/,+$/, '');
  if (!inner.startsWith('[') || !inner.endsWith(']')) invalid('each list must stand in [ and ]');
  return list(inner.slice(1, -1), option);
};

const pair = <T>(item: string, read: (value: string) => T): [string, T] => {
  const colon = item.indexOf(':');
  if (colon < 0) invalid('must be NAME:VALUE pairs separated by commas');
  return [strip(item.slice(0, colon)), read(strip(item.slice(colon + 1)))];
};

const dictionary = <T>(text: string, read: (value: string) => T): Record<string, T> => {
  const inner = strip(text);
  const pairs = new Map<string, T>();
  if (inner === '') return {};
  for (const [key, value] of items(inner, (item) => pair(item, read))) {
    if (key === '') invalid('has a pair without a name');
    if (pairs.has(key)) invalid('has the same name twice');
    pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
};

const READERS: Record<Kind, (text: string, option: Option) => unknown> = {
  str: string,
  multi: string,
  uri,
  bool: boolean,
  int: number(whole),
  float: number(decimal),
  list,
  dict: (text) => dictionary(text, (value) => value),
  lists: (text, option) => dictionary(text, (value) => bracketed(value, option)),
};

/**
 * The value that a text stands for, after substitution (oslo_config/types.py). For a `multi` option, of one assignment.
 *
 * @throws InvalidValue
 */
export const readValue = (text: string, option: Option): unknown => READERS[option.kind](text, option);
