import { ADMIN, ADMIN_OR_SYSTEM_READER, DEPLOYMENT, PROJECT, type RuleRow } from './row.ts';

const TRUSTOR = 'user_id:%(target.trust.trustor_user_id)s';
const TRUST_READER =
  '(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s or user_id:%(target.trust.trustee_user_id)s)';
const TRUST_PARTY = 'user_id:%(target.trust.trustor_user_id)s or user_id:%(target.trust.trustee_user_id)s';

export const trustRules = {
  'identity:create_trust': [TRUSTOR, PROJECT, ['POST /v3/OS-TRUST/trusts']],
  'identity:list_trusts': [ADMIN_OR_SYSTEM_READER, DEPLOYMENT, ['GET|HEAD /v3/OS-TRUST/trusts'], ADMIN],
  'identity:list_trusts_for_trustor': [
    '(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s)',
    DEPLOYMENT,
    ['GET|HEAD /v3/OS-TRUST/trusts?trustor_user_id={trustor_user_id}'],
  ],
  'identity:list_trusts_for_trustee': [
    '(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustee_user_id)s)',
    DEPLOYMENT,
    ['GET|HEAD /v3/OS-TRUST/trusts?trustee_user_id={trustee_user_id}'],
  ],
  'identity:list_roles_for_trust': [
    TRUST_READER,
    DEPLOYMENT,
    ['GET|HEAD /v3/OS-TRUST/trusts/{trust_id}/roles'],
    TRUST_PARTY,
  ],
  'identity:get_role_for_trust': [
    TRUST_READER,
    DEPLOYMENT,
    ['GET|HEAD /v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}'],
    TRUST_PARTY,
  ],
  'identity:delete_trust': [
    'rule:admin_required or user_id:%(target.trust.trustor_user_id)s',
    DEPLOYMENT,
    ['DELETE /v3/OS-TRUST/trusts/{trust_id}'],
    TRUSTOR,
  ],
  'identity:get_trust': [TRUST_READER, DEPLOYMENT, ['GET|HEAD /v3/OS-TRUST/trusts/{trust_id}'], TRUST_PARTY],
} as const satisfies Record<string, RuleRow>;
