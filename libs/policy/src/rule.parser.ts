import { ALLOW, DENY, parseCheck, type ParsedRule, type Rule } from './rule.ts';

/**
 * The stack's entries. `rule` is whole (a check, a negation or something in parentheses); `all` and `any` are an
 * `and`/`or` chain that may still grow; words and parentheses stand for themselves.
 */
type Entry =
  { is: 'rule'; rule: Rule } | { is: 'all' | 'any'; rules: Rule[] } | { is: 'and' | 'or' | 'not' | '(' | ')' | 'text' };

/** Deeper nesting would only exhaust the call stack; Python's own recursion limit ends before this. */
const DEEPEST = 400;

// What Python's \s splits at: all of ours but the byte order mark, and NEL.
const BLANK = /(?:[^\S\uFEFF]|\x85)+/;

const ruleOf = (entry: Entry): Rule | undefined => {
  if (entry.is === 'rule') return entry.rule;
  if (entry.is === 'all') return { type: 'and', rules: entry.rules };
  if (entry.is === 'any') return { type: 'or', rules: entry.rules };
  return undefined;
};

/** `a or b and c`: the `and` takes the last alternative with it. */
const bindLast = (rules: Rule[], right: Rule): Rule[] => {
  const last = rules.pop() ?? DENY;
  rules.push({ type: 'and', rules: [...(last.type === 'and' ? last.rules : [last]), right] });
  return rules;
};

const extended = (rules: Rule[], right: Rule): Rule[] => {
  rules.push(right);
  return rules;
};

/** The left side's list is taken over, not copied: its entry leaves the stack. */
const join = (left: Entry, word: 'and' | 'or', right: Rule): Entry | undefined => {
  if (left.is === 'any') return { is: 'any', rules: (word === 'or' ? extended : bindLast)(left.rules, right) };
  if (left.is === 'all' && word === 'and') return { is: 'all', rules: extended(left.rules, right) };
  const first = ruleOf(left);
  return first && { is: word === 'and' ? 'all' : 'any', rules: [first, right] };
};

const reduceThree = (a: Entry, b: Entry, c: Entry): Entry | undefined => {
  if (a.is === '(' && c.is === ')') {
    const rule = ruleOf(b);
    return rule && { is: 'rule', rule };
  }
  return (b.is === 'and' || b.is === 'or') && c.is === 'rule' ? join(a, b.is, c.rule) : undefined;
};

/** Reduces the top of the stack as long as anything there fits, longest pattern first, as oslo.policy's parser does. */
const reduce = (stack: Entry[]): void => {
  for (;;) {
    const [a, b, c] = [stack.at(-3), stack.at(-2), stack.at(-1)];
    const three = a && b && c && reduceThree(a, b, c);
    if (three) stack.splice(-3, 3, three);
    else if (b?.is === 'not' && c?.is === 'rule') {
      stack.splice(-2, 2, { is: 'rule', rule: { type: 'not', rule: c.rule } });
    } else return;
  }
};

const isQuoted = (word: string): boolean =>
  word.length >= 2 && (word[0] === '"' || word[0] === "'") && word.at(-1) === word[0];

/** One blank-separated word: parentheses at its ends are punctuation, those inside belong to `%(name)s`. */
const tokensOf = function* (word: string, problems: string[]): Generator<Entry> {
  const opened = word.replace(/^\(+/, '');
  const core = opened.replace(/\)+$/, '');
  for (let count = opened.length; count < word.length; count++) yield { is: '(' };
  const lowered = core.toLowerCase();
  if (lowered === 'and' || lowered === 'or' || lowered === 'not') yield { is: lowered };
  else if (core !== '' && isQuoted(opened)) yield { is: 'text' };
  else if (core !== '') {
    const { rule, problems: found } = parseCheck(core);
    problems.push(...found);
    yield { is: 'rule', rule };
  }
  for (let count = core.length; count < opened.length; count++) yield { is: ')' };
};

/** Looked at level by level, since a tree too deep cannot be walked by recursion. */
const isDeeperThan = (rule: Rule, levels: number): boolean => {
  let level: readonly Rule[] = [rule];
  for (let depth = 0; depth < levels && level.length > 0; depth++) {
    level = level.flatMap((part) => (part.type === 'not' ? part.rule : 'rules' in part ? part.rules : []));
  }
  return level.length > 0;
};

const parseText = (text: string): ParsedRule => {
  if (text === '') return { rule: ALLOW, problems: [] };
  const problems: string[] = [];
  const stack: Entry[] = [];
  for (const word of text.split(BLANK)) {
    for (const entry of tokensOf(word, problems)) {
      stack.push(entry);
      reduce(stack);
    }
  }
  const [only] = stack;
  const rule = only && stack.length === 1 ? ruleOf(only) : undefined;
  if (!rule) return { rule: DENY, problems: [...problems, `${JSON.stringify(text)} is not a rule`] };
  if (isDeeperThan(rule, DEEPEST)) return { rule: DENY, problems: [...problems, `nested more than ${DEEPEST} deep`] };
  return { rule, problems };
};

/** The old syntax of JSON policies: alternatives, each a check or a list of checks that must all hold. */
const parseList = (list: readonly unknown[]): ParsedRule => {
  if (list.length === 0) return { rule: ALLOW, problems: [] };
  const problems: string[] = [];
  const rules = list.filter(isAlternative(problems)).map((alternative): Rule => {
    const parsed = (Array.isArray(alternative) ? alternative : [alternative]).map(parseCheck);
    problems.push(...parsed.flatMap((check) => check.problems));
    const [only] = parsed;
    return only && parsed.length === 1 ? only.rule : { type: 'and', rules: parsed.map((check) => check.rule) };
  });
  const [only] = rules;
  if (!only) return { rule: DENY, problems };
  return { rule: rules.length === 1 ? only : { type: 'or', rules }, problems };
};

/** Empty alternatives are passed over, as in Python; what is neither text nor list grants nothing. */
const isAlternative =
  (problems: string[]) =>
  (alternative: unknown): boolean => {
    if (typeof alternative === 'string' || Array.isArray(alternative)) return alternative.length > 0;
    problems.push(`${JSON.stringify(alternative)} is neither a check nor a list of checks`);
    return false;
  };

/**
 * Parses a rule: text of the policy language, or the old list of lists. What does not parse denies and is listed
 * (oslo_policy/_parser.py).
 */
export const parseRule = (rule: string | readonly unknown[]): ParsedRule =>
  typeof rule === 'string' ? parseText(rule) : parseList(rule);
