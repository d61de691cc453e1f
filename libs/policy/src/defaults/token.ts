import { ANYONE, DEPLOYMENT, EVERY_SCOPE, SERVICE_OR_ADMIN, type RuleRow } from './row.ts';

export const tokenRules = {
  'identity:get_auth_catalog': [ANYONE, null, ['GET|HEAD /v3/auth/catalog']],
  'identity:get_auth_projects': [ANYONE, null, ['GET|HEAD /v3/auth/projects']],
  'identity:get_auth_domains': [ANYONE, null, ['GET|HEAD /v3/auth/domains']],
  'identity:get_auth_system': [ANYONE, null, ['GET|HEAD /v3/auth/system']],
  'identity:check_token': [
    'rule:admin_required or (role:reader and system_scope:all) or rule:token_subject',
    EVERY_SCOPE,
    ['HEAD /v3/auth/tokens'],
    'rule:admin_or_token_subject',
  ],
  'identity:validate_token': [
    'rule:admin_required or (role:reader and system_scope:all) or rule:service_role or rule:token_subject',
    EVERY_SCOPE,
    ['GET /v3/auth/tokens'],
    'rule:service_admin_or_token_subject',
  ],
  'identity:revoke_token': [
    'rule:admin_required or rule:token_subject',
    EVERY_SCOPE,
    ['DELETE /v3/auth/tokens'],
    'rule:admin_or_token_subject',
  ],
  'identity:revocation_list': [SERVICE_OR_ADMIN, DEPLOYMENT, ['GET /v3/auth/tokens/OS-PKI/revoked']],
  'identity:list_revoke_events': [SERVICE_OR_ADMIN, DEPLOYMENT, ['GET /v3/OS-REVOKE/events']],
  'identity:ec2tokens_validate': [SERVICE_OR_ADMIN, EVERY_SCOPE, ['POST /v3/ec2tokens']],
  'identity:s3tokens_validate': [SERVICE_OR_ADMIN, EVERY_SCOPE, ['POST /v3/s3tokens']],
} as const satisfies Record<string, RuleRow>;
