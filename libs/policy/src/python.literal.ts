import { floatText } from './python.text.ts';

/**
 * What Python's `ast.literal_eval` makes of the left side of a check: a literal (its `str()`), an expression that is
 * none, so a path into the credentials, or something that fails: `unreadable`.
 */
export type LeftSide = { literal: string } | 'path' | 'unreadable';

type Token = { is: 'name' | 'integer' | 'float' | 'string' | 'opaque' | 'operator'; text: string };

const KEYWORDS = new Set(
  `and as assert async await break class continue def del elif else except finally for from global if import in is
   lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
);
const CONSTANTS: ReadonlyMap<string, string> = new Map([
  ['None', 'None'],
  ['True', 'True'],
  ['False', 'False'],
  ['...', 'Ellipsis'],
]);

const DIGITS = '\\d(?:_?\\d)*';
const PATTERNS: readonly [Token['is'], RegExp][] = [
  ['opaque', /(?:b|br|rb|f|fr|rf)(?!'''|""")(?:'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")/iy],
  ['string', /[ru]?(?!'''|""")(?:'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")/iy],
  ['integer', /0(?:x(?:_?[\da-f])+|o(?:_?[0-7])+|b(?:_?[01])+)(?![\p{L}\p{N}_.])/iuy],
  ['opaque', new RegExp(`(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:e[+-]?${DIGITS})?j(?![\\p{L}\\p{N}_])`, 'iuy')],
  [
    'float',
    new RegExp(
      `(?:(?:${DIGITS})?\\.${DIGITS}|${DIGITS}\\.)(?:e[+-]?${DIGITS})?(?![\\p{L}\\p{N}_.])|${DIGITS}e[+-]?${DIGITS}(?![\\p{L}\\p{N}_.])`,
      'iuy',
    ),
  ],
  ['integer', /(?:0(?:_?0)*|[1-9](?:_?\d)*)(?![\p{L}\p{N}_.])/uy],
  ['operator', /\.\.\.|\*\*|\/\/|<<|>>|==|!=|<=|>=|[-+~*/%@|&^<>.,[\](){}]/y],
  ['name', /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{M}\p{N}_]*/uy],
];

const tokenize = (text: string): Token[] | undefined => {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const found = PATTERNS.map(([is, pattern]) => {
      pattern.lastIndex = at;
      return { is, text: pattern.exec(text)?.[0] ?? '' };
    }).find((token) => token.text !== '');
    if (!found || (found.is === 'name' && KEYWORDS.has(found.text))) return undefined;
    tokens.push(found);
    at += found.text.length;
    while (text[at] === ' ' || text[at] === '\t') at++;
  }
  return tokens;
};

const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);
const PREFIX = new Set(['+', '-', '~']);

/** Whether the tokens can be a Python expression at all: operands and operators by turns, brackets in pairs. */
const isExpression = (tokens: readonly Token[]): boolean => {
  const open: string[] = [];
  let wantsOperand = true;
  let mayEnd = false;
  for (const [index, { is, text }] of tokens.entries()) {
    const previous = tokens[index - 1];
    if (is !== 'operator' || text === '...') {
      const joined = previous?.is === 'string' && is === 'string';
      if (previous?.text === '.' && (is !== 'name' || CONSTANTS.has(text))) return false;
      if (!wantsOperand && !joined) return false;
      [wantsOperand, mayEnd] = [false, true];
    } else if (CLOSING.has(text) && (wantsOperand || text !== '{')) {
      open.push(CLOSING.get(text) ?? '');
      [wantsOperand, mayEnd] = [true, true];
    } else if (/^[)\]}]$/.test(text)) {
      const emptyIndex = text === ']' && previous?.text === '[' && !startsOperand(tokens, index - 1);
      if (open.pop() !== text || (wantsOperand && !mayEnd) || emptyIndex) return false;
      [wantsOperand, mayEnd] = [false, true];
    } else if (wantsOperand) {
      if (!PREFIX.has(text)) return false;
      mayEnd = false;
    } else {
      if (text === '~' || text === '{') return false;
      [wantsOperand, mayEnd] = [true, text === ','];
    }
  }
  return open.length === 0 && tokens.length > 0 && (!wantsOperand || mayEnd) && tokens.at(-1)?.text !== '.';
};

/** Whether the bracket at an index opens a display (`[]`) rather than a subscript (`a[]`). */
const startsOperand = (tokens: readonly Token[], index: number): boolean => {
  const before = tokens[index - 1];
  return !before || (before.is === 'operator' && !/^[)\]}]$/.test(before.text));
};

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ...['\\', "'", '"'].map((character) => [character, character] as const),
  ...['a\x07', 'b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v'].map(([letter = '', meant = '']) => [letter, meant] as const),
  ['\n', ''],
]);

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U((?:000[\da-fA-F]|0010)[\da-fA-F]{4})|([0-7]{1,3})|([^]))/g;

/** Undefined where an escape is unfinished, or named (`\N{…}`, which is not read). */
const stringValue = (token: string): string | undefined => {
  const body = token.replace(/^[ru]/i, '').slice(1, -1);
  if (/^r/i.test(token)) return body;
  let sound = true;
  const value = body.replace(ESCAPE, (whole, x: string, u: string, long: string, octal: string, one: string) => {
    if (octal) return String.fromCodePoint(parseInt(octal, 8));
    const hex = x ?? u ?? long;
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    if (/[xuUN]/.test(one)) sound = false;
    return SIMPLE.get(one) ?? whole;
  });
  return sound ? value : undefined;
};

const numberValue = ({ is, text }: Token, sign: string): string => {
  const digits = text.replaceAll('_', '');
  if (is === 'float') return floatText(Number(`${sign}${digits}`));
  const value = BigInt(digits.toLowerCase());
  return String(sign === '-' ? -value : value);
};

const literalOf = (tokens: readonly Token[]): string | undefined => {
  const [first, second] = tokens;
  if (!first) return undefined;
  if (tokens.every((token) => token.is === 'string')) return tokens.map((token) => stringValue(token.text)).join('');
  const isNumber = (token: Token | undefined) => token?.is === 'integer' || token?.is === 'float';
  if (tokens.length === 2 && isNumber(second) && /^[-+]$/.test(first.text))
    return numberValue(second as Token, first.text);
  if (tokens.length === 2 && /^(?:\[\]|\{\}|\(\))$/.test(first.text + second?.text)) return first.text + second?.text;
  if (tokens.length > 1) return undefined;
  return isNumber(first) ? numberValue(first, '') : CONSTANTS.get(first.text);
};

/** Reads the left side of a check as `ast.literal_eval` would. Containers, bytes and complex numbers are not read. */
export const readLeftSide = (text: string): LeftSide => {
  const tokens = tokenize(text.replace(/^[ \t]+/, ''));
  if (!tokens || !isExpression(tokens)) return 'unreadable';
  if (tokens.some((token) => token.is === 'string' && stringValue(token.text) === undefined)) return 'unreadable';
  const literal = literalOf(tokens);
  if (literal !== undefined) return { literal };
  const named = tokens.some((token) => token.is === 'name' && !CONSTANTS.has(token.text));
  const literalOnly =
    !named && tokens.some((token) => token.text === ',' || token.text === '[' || token.is === 'opaque');
  return literalOnly ? 'unreadable' : 'path';
};
