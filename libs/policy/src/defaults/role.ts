import { ADMIN, ADMIN_OR_SYSTEM_READER, DEPLOYMENT, EVERY_SCOPE, type RuleRow } from './row.ts';

export const roleRules = {
  'identity:get_role': [
    '(rule:admin_required or (role:reader and system_scope:all)) or (role:manager and rule:domain_managed_target_role)',
    EVERY_SCOPE,
    ['GET|HEAD /v3/roles/{role_id}'],
    ADMIN,
  ],
  'identity:list_roles': [
    '(rule:admin_required or (role:reader and system_scope:all)) or (role:manager and not domain_id:None)',
    EVERY_SCOPE,
    ['GET|HEAD /v3/roles'],
    ADMIN,
  ],
  'identity:create_role': [ADMIN, DEPLOYMENT, ['POST /v3/roles'], ADMIN],
  'identity:update_role': [ADMIN, DEPLOYMENT, ['PATCH /v3/roles/{role_id}'], ADMIN],
  'identity:delete_role': [ADMIN, DEPLOYMENT, ['DELETE /v3/roles/{role_id}'], ADMIN],
  'identity:get_domain_role': [ADMIN_OR_SYSTEM_READER, DEPLOYMENT, ['GET|HEAD /v3/roles/{role_id}'], ADMIN],
  'identity:list_domain_roles': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    ['GET|HEAD /v3/roles?domain_id={domain_id}'],
    ADMIN,
  ],
  'identity:create_domain_role': [ADMIN, DEPLOYMENT, ['POST /v3/roles'], ADMIN],
  'identity:update_domain_role': [ADMIN, DEPLOYMENT, ['PATCH /v3/roles/{role_id}'], ADMIN],
  'identity:delete_domain_role': [ADMIN, DEPLOYMENT, ['DELETE /v3/roles/{role_id}'], ADMIN],
  'identity:get_implied_role': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    ['GET /v3/roles/{prior_role_id}/implies/{implied_role_id}'],
    ADMIN,
  ],
  'identity:list_implied_roles': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    ['GET|HEAD /v3/roles/{prior_role_id}/implies'],
    ADMIN,
  ],
  'identity:create_implied_role': [
    ADMIN,
    DEPLOYMENT,
    ['PUT /v3/roles/{prior_role_id}/implies/{implied_role_id}'],
    ADMIN,
  ],
  'identity:delete_implied_role': [
    ADMIN,
    DEPLOYMENT,
    ['DELETE /v3/roles/{prior_role_id}/implies/{implied_role_id}'],
    ADMIN,
  ],
  'identity:list_role_inference_rules': [ADMIN_OR_SYSTEM_READER, DEPLOYMENT, ['GET|HEAD /v3/role_inferences'], ADMIN],
  'identity:check_implied_role': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    ['HEAD /v3/roles/{prior_role_id}/implies/{implied_role_id}'],
    ADMIN,
  ],
  'identity:list_role_assignments': [
    '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s and not None:%(target.domain_id)s)',
    EVERY_SCOPE,
    ['GET|HEAD /v3/role_assignments'],
    ADMIN,
  ],
  'identity:list_role_assignments_for_tree': [
    '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s and not None:%(target.domain_id)s)',
    EVERY_SCOPE,
    ['GET|HEAD /v3/role_assignments?include_subtree'],
    ADMIN,
  ],
} as const satisfies Record<string, RuleRow>;
