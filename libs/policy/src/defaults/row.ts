export type PolicyScope = 'system' | 'domain' | 'project';

/**
 * A default rule as Keystone 30.0.0 has it (keystone/common/policies): the check, the scopes it may be asked in (null:
 * any), the operations it guards (`GET|HEAD /path`), and the check it replaced under the same name.
 */
export type RuleRow = readonly [
  check: string,
  scopes: readonly PolicyScope[] | null,
  operations: readonly string[],
  formerly?: string,
];

export const EVERY_SCOPE = ['system', 'domain', 'project'] as const;
export const DEPLOYMENT = ['system', 'project'] as const;
export const PROJECT = ['project'] as const;

/** Whoever is authenticated. */
export const ANYONE = '';
export const ADMIN = 'rule:admin_required';
export const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)';
export const ADMIN_OR_OWNER = 'rule:admin_or_owner';
export const SERVICE_OR_ADMIN = 'rule:service_or_admin';
