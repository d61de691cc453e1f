import { type RuleRow } from './row.ts';

export const baseRules = {
  admin_required: ['role:admin or is_admin:1', null, []],
  service_role: ['role:service', null, []],
  service_or_admin: ['rule:admin_required or rule:service_role', null, []],
  owner: ['user_id:%(user_id)s', null, []],
  admin_or_owner: ['rule:admin_required or rule:owner', null, []],
  token_subject: ['user_id:%(target.token.user_id)s', null, []],
  admin_or_token_subject: ['rule:admin_required or rule:token_subject', null, []],
  service_admin_or_token_subject: ['rule:service_or_admin or rule:token_subject', null, []],
  domain_managed_target_role: [
    "'manager':%(target.role.name)s or 'member':%(target.role.name)s or 'reader':%(target.role.name)s",
    null,
    [],
  ],
} as const satisfies Record<string, RuleRow>;
