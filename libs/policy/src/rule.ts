/** A rule of the policy language, parsed. Checks keep their two sides as written: `kind:match`. */
export type Rule =
  | { type: 'true' }
  | { type: 'false' }
  | { type: 'check'; kind: string; match: string }
  | { type: 'not'; rule: Rule }
  | { type: 'and' | 'or'; rules: readonly Rule[] };

export interface ParsedRule {
  rule: Rule;
  /** What could not be understood and therefore denies, one sentence each; empty for a sound rule. */
  problems: string[];
}

export const ALLOW: Rule = { type: 'true' };
export const DENY: Rule = { type: 'false' };

/** One check: `@`, `!`, or `kind:match`. Without a colon it denies (oslo_policy/_parser.py, _parse_check). */
export const parseCheck = (text: unknown): ParsedRule => {
  if (text === '!') return { rule: DENY, problems: [] };
  if (text === '@') return { rule: ALLOW, problems: [] };
  const colon = typeof text === 'string' ? text.indexOf(':') : -1;
  if (typeof text !== 'string' || colon < 0) {
    return { rule: DENY, problems: [`${JSON.stringify(text)} is not a check of the form kind:match`] };
  }
  return { rule: { type: 'check', kind: text.slice(0, colon), match: text.slice(colon + 1) }, problems: [] };
};

/** The canonical text of a rule, which parses to the same decisions (oslo_policy/_checks.py, __str__). */
export const printRule = (rule: Rule): string => {
  switch (rule.type) {
    case 'true':
      return '@';
    case 'false':
      return '!';
    case 'check':
      return `${rule.kind}:${rule.match}`;
    case 'not':
      return `not ${printRule(rule.rule)}`;
    default:
      return `(${rule.rules.map(printRule).join(` ${rule.type} `)})`;
  }
};

/** Same tree, as oslo.policy compares checks: `a and (b and c)` is not `a and b and c`. */
export const sameRule = (one: Rule, other: Rule): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Every `kind:match` of a rule. */
export const checksOf = function* (rule: Rule): Generator<{ kind: string; match: string }> {
  if (rule.type === 'check') yield rule;
  else if (rule.type === 'not') yield* checksOf(rule.rule);
  else if (rule.type === 'and' || rule.type === 'or') for (const part of rule.rules) yield* checksOf(part);
};
