import { readLeftSide } from './python.literal.ts';
import { readTemplate, type Template } from './python.format.ts';
import { pythonText } from './python.text.ts';
import type { Rule } from './rule.ts';
import { isMapping, type PolicyTarget } from './target.ts';
import { undecidable } from './undecidable.ts';

/**
 * Who asks, by the names Keystone's rules know (keystone/common/context.py, to_policy_values): the ids are null where
 * the token has none, and a rule reads them as `None`. More names may be given; rules can refer to them.
 */
export interface PolicyCredentials {
  readonly user_id: string | null;
  readonly user_domain_id: string | null;
  readonly project_id: string | null;
  readonly project_domain_id: string | null;
  readonly domain_id: string | null;
  /** `all`, or null. */
  readonly system_scope: string | null;
  /** Names of roles, in any case. */
  readonly roles: readonly string[];
  readonly is_admin_project?: boolean;
  /** Authenticated by `[DEFAULT] admin_token`: every known action is allowed. Rules do not see it, as in Python. */
  readonly is_admin?: boolean;
  /** The `token` member of the token's response body: rules use `token.domain.id` and `token.project.domain.id`. */
  readonly token?: unknown;
  readonly [name: string]: unknown;
}

/** A compiled rule. @throws UndecidableRule where Python would raise; the asker is then to be denied. */
export type Check = (credentials: PolicyCredentials, target: PolicyTarget) => boolean;

export interface CheckContext {
  /** The check of another rule by name, or undefined where neither it nor a default rule exists. */
  reference: (name: string) => Check | undefined;
  /** Whether a rule, or what it refers to, asks a remote server. */
  asksRemote: (rule: Rule) => boolean;
  /** Told of each part that can never be decided. */
  report: (problem: string) => void;
}

const never: Check = () => false;
const always: Check = () => true;

/** Always there in Python's credentials, so a left-out one is null: `not domain_id:None` must not hold by omission. */
const EVER_PRESENT = new Set(
  `user_id user_domain_id system_scope domain_id project_id project_domain_id roles is_admin_project service_user_id
   service_user_domain_id service_project_id service_project_domain_id service_roles`.split(/\s+/),
);

const unreadable = (problem: string, { report }: CheckContext): Check => {
  report(problem);
  return () => undecidable(problem);
};

const roleCheck = (template: Template, context: CheckContext): Check => {
  if ('unreadable' in template) return unreadable(template.unreadable, context);
  const holds = (roles: unknown, wanted: string): boolean => {
    if (!Array.isArray(roles)) return undecidable('the credentials have no list of roles');
    for (const role of roles as unknown[]) if (role === wanted || String(role).toLowerCase() === wanted) return true;
    return false;
  };
  if ('constant' in template) {
    const wanted = template.constant.toLowerCase();
    return ({ roles }) => holds(roles, wanted);
  }
  return ({ roles }, target) => {
    const wanted = template.fill(target);
    return wanted !== undefined && holds(roles, wanted.toLowerCase());
  };
};

/** The first step into the credentials, where a name may be an alias or ever present. */
const firstStep = (name: string): ((credentials: PolicyCredentials) => unknown) => {
  if (name === 'is_admin') return () => undefined;
  if (name === 'system') return (credentials) => credentials.system_scope || credentials['system'];
  if (EVER_PRESENT.has(name)) return (credentials) => credentials[name] ?? null;
  return (credentials) => (Object.hasOwn(credentials, name) ? credentials[name] : undefined);
};

/** Whether the value at a path equals the text; where a list is on the way, whether any of its elements' does. */
const pathMatcher = (path: string): ((credentials: PolicyCredentials, expected: string) => boolean) => {
  const [first = '', ...rest] = path.split('.');
  const start = firstStep(first);
  const reach = (value: unknown, depth: number, expected: string): boolean => {
    if (value === undefined) return false;
    if (Array.isArray(value)) return value.some((element) => equals(element, depth, expected));
    return equals(value, depth, expected);
  };
  const equals = (value: unknown, depth: number, expected: string): boolean => {
    const name = rest[depth];
    if (name === undefined) return pythonText(value) === expected;
    if (!isMapping(value)) return undecidable(`${path} leads through a value that is no object`);
    return Object.hasOwn(value, name) && reach(value[name], depth + 1, expected);
  };
  return (credentials, expected) => reach(start(credentials), 0, expected);
};

const genericCheck = (kind: string, template: Template, context: CheckContext): Check => {
  if ('unreadable' in template) return unreadable(template.unreadable, context);
  const fill = 'fill' in template ? template.fill : undefined;
  const constant = 'constant' in template ? template.constant : undefined;
  const left = readLeftSide(kind);
  if (left === 'unreadable') {
    const fail = unreadable(`${JSON.stringify(kind)} is neither a literal nor a path into the credentials`, context);
    // A name that the target lacks makes the check false before its left side is looked at.
    return fill ? (credentials, target) => fill(target) !== undefined && fail(credentials, target) : fail;
  }
  if (left !== 'path') {
    if (constant !== undefined) return constant === left.literal ? always : never;
    return (_, target) => fill?.(target) === left.literal;
  }
  const matches = pathMatcher(kind);
  if (constant !== undefined) return (credentials) => matches(credentials, constant);
  return (credentials, target) => {
    const expected = fill?.(target);
    return expected !== undefined && matches(credentials, expected);
  };
};

const singleCheck = (kind: string, match: string, context: CheckContext): Check => {
  if (kind === 'rule') return context.reference(match) ?? never;
  if (kind === 'http' || kind === 'https') {
    context.report(`${kind}:${match} asks a remote server, which is not supported; it grants nothing`);
    return never;
  }
  const template = readTemplate(match);
  return kind === 'role' ? roleCheck(template, context) : genericCheck(kind, template, context);
};

const negation = (rule: Rule, context: CheckContext): Check => {
  const check = compileRule(rule, context);
  // What a remote server would have refused cannot be known, so its negation must not allow.
  if (context.asksRemote(rule)) return () => undecidable('the negation of a remote check');
  return (credentials, target) => !check(credentials, target);
};

const conjunction = (checks: readonly Check[]): Check => {
  const [first = always, second = always] = checks;
  if (checks.length === 2) return (credentials, target) => first(credentials, target) && second(credentials, target);
  return (credentials, target) => {
    for (const check of checks) if (!check(credentials, target)) return false;
    return true;
  };
};

const disjunction = (checks: readonly Check[]): Check => {
  const [first = never, second = never] = checks;
  if (checks.length === 2) return (credentials, target) => first(credentials, target) || second(credentials, target);
  return (credentials, target) => {
    for (const check of checks) if (check(credentials, target)) return true;
    return false;
  };
};

/** Compiles a rule to a closure; behaviour as in oslo_policy/_checks.py. */
export const compileRule = (rule: Rule, context: CheckContext): Check => {
  switch (rule.type) {
    case 'true':
      return always;
    case 'false':
      return never;
    case 'check':
      return singleCheck(rule.kind, rule.match, context);
    case 'not':
      return negation(rule.rule, context);
    default: {
      const checks = rule.rules.map((part) => compileRule(part, context));
      return rule.type === 'and' ? conjunction(checks) : disjunction(checks);
    }
  }
};
