import { compileRule, type Check, type PolicyCredentials } from './check.ts';
import { defaultRules, type DefaultRule, type PolicyScope } from './defaults.ts';
import { cyclicRules, remoteFinder, resolver, undefinedReferences, type RuleSet } from './rule.graph.ts';
import { parseRule } from './rule.parser.ts';
import { printRule, sameRule, type Rule } from './rule.ts';
import type { PolicyTarget } from './target.ts';
import { undecidable, UndecidableRule } from './undecidable.ts';

/** Rules by name as the operator's files give them: text of the policy language, or the old list of lists. */
export type PolicyOverrides = Readonly<Record<string, string | readonly unknown[]>>;

export type Decision = 'allowed' | 'forbidden' | 'wrong-scope';

export interface Policy {
  /**
   * Whether an action is allowed, as keystone/common/rbac_enforcer/enforcer.py has it: an action that no default rule
   * names is forbidden; credentials of the admin token pass; the scope is looked at before the rule.
   */
  decide: (action: string, credentials: PolicyCredentials, target: PolicyTarget) => Decision;
  /** What is wrong with the rules, a sentence each, for the log: such a part denies. */
  problems: readonly string[];
}

export interface PolicyOptions {
  overrides?: PolicyOverrides;
  /** `[oslo_policy] enforce_new_defaults`: whether the rules that today's defaults replaced no longer count. */
  enforceNewDefaults?: boolean;
  /** `[oslo_policy] policy_default_rule`: the rule that stands in for one that is referred to but not defined. */
  defaultRule?: string;
  /** Rules the application brings; Keystone's own unless given. */
  defaults?: readonly DefaultRule[];
  /** Told when a rule could not be decided and the asker was therefore denied (Python answers 500). */
  onUndecidable?: (action: string, reason: string) => void;
}

/** The rule that holds where no file names it, its deprecated form included (policy.py, _handle_deprecated_rule). */
const withDeprecated = (rule: DefaultRule, fileRules: RuleSet, enforceNewDefaults: boolean): Rule => {
  const current = parseRule(rule.check).rule;
  if (!rule.deprecated) return current;
  const former = parseRule(rule.deprecated.check).rule;
  const override = rule.deprecated.name === rule.name ? undefined : fileRules.get(rule.deprecated.name);
  if (override && !sameRule(override, former) && printRule(override) !== `rule:${rule.name}`) return override;
  if (enforceNewDefaults || rule.deprecated.check === rule.check) return current;
  return { type: 'or', rules: [current, former] };
};

const parseOverrides = (overrides: PolicyOverrides, problems: string[]): Map<string, Rule> =>
  new Map(
    Object.entries(overrides).map(([name, text]) => {
      const parsed = parseRule(text);
      problems.push(...parsed.problems.map((problem) => `rule ${JSON.stringify(name)}: ${problem}`));
      return [name, parsed.rule];
    }),
  );

/** Entering a rule again while it is being evaluated would never end; Python ends in a RecursionError. */
const guarded = (name: string, check: Check): Check => {
  let running = false;
  return (credentials, target) => {
    if (running) return undecidable(`rule:${name} refers to itself`);
    running = true;
    try {
      return check(credentials, target);
    } finally {
      running = false;
    }
  };
};

const compileRules = (rules: RuleSet, defaultRule: string, problems: string[]): ReadonlyMap<string, Check> => {
  const resolve = resolver(rules, defaultRule);
  const cyclic = cyclicRules(rules, resolve);
  const asksRemote = remoteFinder(rules, resolve);
  const compiled = new Map<string, Check>();
  const reference = (name: string): Check | undefined => {
    const found = resolve(name);
    if (found === undefined) return undefined;
    let check: Check | undefined;
    // Bound at first use: the rule referred to may not be compiled yet.
    return (credentials, target) => (check ??= compiled.get(found) ?? (() => false))(credentials, target);
  };
  for (const [name, rule] of rules) {
    const report = (problem: string) => problems.push(`rule ${JSON.stringify(name)}: ${problem}`);
    const check = compileRule(rule, { reference, asksRemote, report });
    compiled.set(name, cyclic.has(name) ? guarded(name, check) : check);
  }
  problems.push(...undefinedReferences(rules));
  for (const name of cyclic) problems.push(`rule ${JSON.stringify(name)} is part of a cyclical reference`);
  return compiled;
};

const scopeOf = (credentials: PolicyCredentials): PolicyScope => {
  if (credentials.system_scope || credentials['system']) return 'system';
  return credentials.domain_id ? 'domain' : 'project';
};

/** Compiles the default rules and the operator's overrides, once; `decide` then only runs closures. */
export const compilePolicy = (options: PolicyOptions = {}): Policy => {
  const { overrides = {}, enforceNewDefaults = true, defaultRule = 'default', defaults = defaultRules } = options;
  const problems: string[] = [];
  const fileRules = parseOverrides(overrides, problems);
  const rules = new Map(fileRules);
  for (const rule of defaults) {
    if (!fileRules.has(rule.name)) rules.set(rule.name, withDeprecated(rule, fileRules, enforceNewDefaults));
  }
  const checks = compileRules(rules, defaultRule, problems);
  const actions = new Map(
    defaults
      .filter((rule) => !rule.deprecatedForRemoval)
      .map((rule) => [rule.name, { scopes: rule.scopes, check: checks.get(rule.name) ?? (() => false) }]),
  );

  const decide: Policy['decide'] = (action, credentials, target) => {
    const known = actions.get(action);
    if (!known) return 'forbidden';
    if (credentials.is_admin === true) return 'allowed';
    if (known.scopes && !known.scopes.includes(scopeOf(credentials))) return 'wrong-scope';
    try {
      return known.check(credentials, target) ? 'allowed' : 'forbidden';
    } catch (error) {
      // A chain of references deeper than the call stack: Python's recursion limit ends it likewise.
      if (!(error instanceof UndecidableRule || error instanceof RangeError)) throw error;
      options.onUndecidable?.(action, error.message);
      return 'forbidden';
    }
  };
  return { decide, problems };
};
