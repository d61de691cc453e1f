import { baseRules } from './defaults/base.ts';
import { catalogRules } from './defaults/catalog.ts';
import { federationRules } from './defaults/federation.ts';
import { grantRules } from './defaults/grant.ts';
import { identityRules } from './defaults/identity.ts';
import { limitRules } from './defaults/limit.ts';
import { projectRules } from './defaults/project.ts';
import { roleRules } from './defaults/role.ts';
import type { PolicyScope, RuleRow } from './defaults/row.ts';
import { tokenRules } from './defaults/token.ts';
import { trustRules } from './defaults/trust.ts';

export type { PolicyScope };

export interface PolicyOperation {
  method: string;
  /** As documented: `/v3/users/{user_id}`, now and then with a query. */
  path: string;
}

/** A rule that Keystone brings along. */
export interface DefaultRule {
  name: string;
  /** Text of the policy language; empty allows whoever is authenticated. */
  check: string;
  /** Scopes of tokens it may be asked with; null for rules that only other rules refer to. */
  scopes: readonly PolicyScope[] | null;
  operations: readonly PolicyOperation[];
  /** The rule this one replaced: it still counts unless `[oslo_policy] enforce_new_defaults`. */
  deprecated: { name: string; check: string } | null;
  /** Going away without a successor: Keystone answers such an action with 403. */
  deprecatedForRemoval: boolean;
}

const rows = {
  ...baseRules,
  ...tokenRules,
  ...identityRules,
  ...federationRules,
  ...projectRules,
  ...roleRules,
  ...grantRules,
  ...trustRules,
  ...catalogRules,
  ...limitRules,
} as const;

/** The names of Keystone's rules, and so of the actions one can ask about. */
export type PolicyAction = keyof typeof rows;

const REMOVED: readonly string[] = ['identity:revocation_list'] satisfies PolicyAction[];

const operationsOf = (text: string): PolicyOperation[] => {
  const [methods = '', path = ''] = text.split(' ');
  return methods.split('|').map((method) => ({ method, path }));
};

const defaultRule = ([name, row]: [string, RuleRow]): DefaultRule => {
  const [check, scopes, operations, formerly] = row;
  return {
    name,
    check,
    scopes,
    operations: operations.flatMap(operationsOf),
    deprecated: formerly === undefined ? null : { name, check: formerly },
    deprecatedForRemoval: REMOVED.includes(name),
  };
};

/** Keystone 30.0.0's rules, all 204 (keystone/common/policies). */
export const defaultRules: readonly DefaultRule[] = Object.entries<RuleRow>(rows).map(defaultRule);
