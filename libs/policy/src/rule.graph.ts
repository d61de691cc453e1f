import { checksOf, type Rule } from './rule.ts';

export type RuleSet = ReadonlyMap<string, Rule>;

/** Follows a `rule:` reference: the rule of that name, else the default rule, else nothing (policy.py, Rules). */
export type Resolve = (name: string) => string | undefined;

export const resolver =
  (rules: RuleSet, defaultRule: string): Resolve =>
  (name) =>
    rules.has(name) ? name : defaultRule !== '' && rules.has(defaultRule) ? defaultRule : undefined;

const referencesOf = (rule: Rule, resolve: Resolve): string[] =>
  [...checksOf(rule)].flatMap(({ kind, match }) => (kind === 'rule' ? [resolve(match) ?? []].flat() : []));

/** Names of the rules that refer, directly or through others, to themselves or to such a rule. */
export const cyclicRules = (rules: RuleSet, resolve: Resolve): Set<string> => {
  const waitingFor = new Map([...rules].map(([name, rule]) => [name, new Set(referencesOf(rule, resolve))]));
  const referredBy = new Map<string, string[]>();
  for (const [name, needs] of waitingFor)
    for (const need of needs) referredBy.set(need, [...(referredBy.get(need) ?? []), name]);
  const settled = [...waitingFor].filter(([, needs]) => needs.size === 0).map(([name]) => name);
  for (let name = settled.pop(); name !== undefined; name = settled.pop()) {
    waitingFor.delete(name);
    for (const user of referredBy.get(name) ?? []) {
      const needs = waitingFor.get(user);
      needs?.delete(name);
      if (needs?.size === 0) settled.push(user);
    }
  }
  return new Set(waitingFor.keys());
};

/** Says whether a rule, or one it refers to, asks a remote server. */
export const remoteFinder = (rules: RuleSet, resolve: Resolve): ((rule: Rule) => boolean) => {
  const remote = new Set<string>();
  const asks = (rule: Rule): boolean =>
    [...checksOf(rule)].some(({ kind, match }) =>
      kind === 'rule' ? remote.has(resolve(match) ?? '') : kind === 'http' || kind === 'https',
    );
  for (let before = -1; before !== remote.size;) {
    before = remote.size;
    for (const [name, rule] of rules) if (!remote.has(name) && asks(rule)) remote.add(name);
  }
  return asks;
};

/** References to rules that do not exist, one sentence each. */
export const undefinedReferences = (rules: RuleSet): string[] =>
  [...rules].flatMap(([name, rule]) =>
    [...checksOf(rule)]
      .filter(({ kind, match }) => kind === 'rule' && !rules.has(match))
      .map(({ match }) => `rule ${JSON.stringify(name)} refers to rule:${match}, which is not defined`),
  );
