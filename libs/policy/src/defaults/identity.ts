import {
  ADMIN,
  ADMIN_OR_OWNER,
  ADMIN_OR_SYSTEM_READER,
  ANYONE,
  DEPLOYMENT,
  EVERY_SCOPE,
  PROJECT,
  type RuleRow,
} from './row.ts';

const DOMAIN_READER =
  '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s)';
const USER_MANAGER = '(rule:admin_required) or (role:manager and token.domain.id:%(target.user.domain_id)s)';
const GROUP_READER =
  '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.group.domain_id)s)';
const GROUP_MANAGER = '(rule:admin_required) or (role:manager and domain_id:%(target.group.domain_id)s)';
const MEMBERSHIP_MANAGER =
  '(rule:admin_required) or (role:manager and domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s)';
const CREDENTIAL_READER =
  '(rule:admin_required) or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s';
const CREDENTIAL_OWNER = '(rule:admin_required) or user_id:%(target.credential.user_id)s';
const CREDENTIAL_OWNER_FORMERLY = 'rule:admin_required or (rule:owner and user_id:%(target.credential.user_id)s)';
const OWNER_OR_READER = '(rule:admin_required) or (role:reader and system_scope:all) or rule:owner';
const CREDENTIAL_MEMBER = '(rule:admin_required) or (role:member and user_id:%(target.credential.user_id)s)';
const SYSTEM_READER_OR_OWNER = '(role:reader and system_scope:all) or user_id:%(target.user.id)s';

export const identityRules = {
  'identity:get_user': [
    '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and token.domain.id:%(target.user.domain_id)s) or user_id:%(target.user.id)s',
    EVERY_SCOPE,
    ['GET|HEAD /v3/users/{user_id}'],
    ADMIN_OR_OWNER,
  ],
  'identity:list_users': [DOMAIN_READER, EVERY_SCOPE, ['GET|HEAD /v3/users'], ADMIN],
  'identity:list_projects_for_user': [ANYONE, null, ['GET /v3/auth/projects']],
  'identity:list_domains_for_user': [ANYONE, null, ['GET /v3/auth/domains']],
  'identity:create_user': [USER_MANAGER, EVERY_SCOPE, ['POST /v3/users'], ADMIN],
  'identity:update_user': [USER_MANAGER, EVERY_SCOPE, ['PATCH /v3/users/{user_id}'], ADMIN],
  'identity:delete_user': [USER_MANAGER, EVERY_SCOPE, ['DELETE /v3/users/{user_id}'], ADMIN],
  'identity:revoke_tokens_for_user': [ADMIN_OR_OWNER, EVERY_SCOPE, ['DELETE /v3/users/{user_id}/tokens']],
  'identity:get_group': [GROUP_READER, EVERY_SCOPE, ['GET|HEAD /v3/groups/{group_id}'], ADMIN],
  'identity:list_groups': [GROUP_READER, EVERY_SCOPE, ['GET|HEAD /v3/groups'], ADMIN],
  'identity:list_groups_for_user': [
    '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.user.domain_id)s) or user_id:%(user_id)s',
    EVERY_SCOPE,
    ['GET|HEAD /v3/users/{user_id}/groups'],
    ADMIN_OR_OWNER,
  ],
  'identity:create_group': [GROUP_MANAGER, EVERY_SCOPE, ['POST /v3/groups'], ADMIN],
  'identity:update_group': [GROUP_MANAGER, EVERY_SCOPE, ['PATCH /v3/groups/{group_id}'], ADMIN],
  'identity:delete_group': [GROUP_MANAGER, EVERY_SCOPE, ['DELETE /v3/groups/{group_id}'], ADMIN],
  'identity:list_users_in_group': [GROUP_READER, EVERY_SCOPE, ['GET|HEAD /v3/groups/{group_id}/users'], ADMIN],
  'identity:remove_user_from_group': [
    MEMBERSHIP_MANAGER,
    EVERY_SCOPE,
    ['DELETE /v3/groups/{group_id}/users/{user_id}'],
    ADMIN,
  ],
  'identity:check_user_in_group': [
    '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s)',
    EVERY_SCOPE,
    ['HEAD|GET /v3/groups/{group_id}/users/{user_id}'],
    ADMIN,
  ],
  'identity:add_user_to_group': [MEMBERSHIP_MANAGER, EVERY_SCOPE, ['PUT /v3/groups/{group_id}/users/{user_id}'], ADMIN],
  'identity:get_credential': [CREDENTIAL_READER, EVERY_SCOPE, ['GET /v3/credentials/{credential_id}'], ADMIN],
  'identity:list_credentials': [CREDENTIAL_READER, EVERY_SCOPE, ['GET /v3/credentials'], ADMIN],
  'identity:create_credential': [CREDENTIAL_OWNER, EVERY_SCOPE, ['POST /v3/credentials'], ADMIN],
  'identity:update_credential': [CREDENTIAL_OWNER, EVERY_SCOPE, ['PATCH /v3/credentials/{credential_id}'], ADMIN],
  'identity:delete_credential': [CREDENTIAL_OWNER, EVERY_SCOPE, ['DELETE /v3/credentials/{credential_id}'], ADMIN],
  'identity:ec2_get_credential': [
    CREDENTIAL_READER,
    DEPLOYMENT,
    ['GET /v3/users/{user_id}/credentials/OS-EC2/{credential_id}'],
    CREDENTIAL_OWNER_FORMERLY,
  ],
  'identity:ec2_list_credentials': [
    OWNER_OR_READER,
    DEPLOYMENT,
    ['GET /v3/users/{user_id}/credentials/OS-EC2'],
    ADMIN_OR_OWNER,
  ],
  'identity:ec2_create_credential': [
    CREDENTIAL_MEMBER,
    DEPLOYMENT,
    ['POST /v3/users/{user_id}/credentials/OS-EC2'],
    ADMIN_OR_OWNER,
  ],
  'identity:ec2_delete_credential': [
    CREDENTIAL_MEMBER,
    DEPLOYMENT,
    ['DELETE /v3/users/{user_id}/credentials/OS-EC2/{credential_id}'],
    CREDENTIAL_OWNER_FORMERLY,
  ],
  'identity:get_application_credential': [
    OWNER_OR_READER,
    DEPLOYMENT,
    ['GET|HEAD /v3/users/{user_id}/application_credentials/{application_credential_id}'],
    ADMIN_OR_OWNER,
  ],
  'identity:list_application_credentials': [
    OWNER_OR_READER,
    DEPLOYMENT,
    ['GET|HEAD /v3/users/{user_id}/application_credentials'],
    ADMIN_OR_OWNER,
  ],
  'identity:create_application_credential': [
    'user_id:%(user_id)s',
    PROJECT,
    ['POST /v3/users/{user_id}/application_credentials'],
  ],
  'identity:delete_application_credential': [
    ADMIN_OR_OWNER,
    DEPLOYMENT,
    ['DELETE /v3/users/{user_id}/application_credentials/{application_credential_id}'],
    ADMIN_OR_OWNER,
  ],
  'identity:get_access_rule': [
    SYSTEM_READER_OR_OWNER,
    DEPLOYMENT,
    ['GET|HEAD /v3/users/{user_id}/access_rules/{access_rule_id}'],
  ],
  'identity:list_access_rules': [SYSTEM_READER_OR_OWNER, DEPLOYMENT, ['GET|HEAD /v3/users/{user_id}/access_rules']],
  'identity:delete_access_rule': [
    '(role:admin and system_scope:all) or user_id:%(target.user.id)s',
    DEPLOYMENT,
    ['DELETE /v3/users/{user_id}/access_rules/{access_rule_id}'],
  ],
  'identity:create_domain_config': [ADMIN, DEPLOYMENT, ['PUT /v3/domains/{domain_id}/config'], ADMIN],
  'identity:get_domain_config': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    [
      'GET|HEAD /v3/domains/{domain_id}/config',
      'GET|HEAD /v3/domains/{domain_id}/config/{group}',
      'GET|HEAD /v3/domains/{domain_id}/config/{group}/{option}',
    ],
    ADMIN,
  ],
  'identity:get_security_compliance_domain_config': [
    ANYONE,
    EVERY_SCOPE,
    [
      'GET|HEAD /v3/domains/{domain_id}/config/security_compliance',
      'GET|HEAD /v3/domains/{domain_id}/config/security_compliance/{option}',
    ],
  ],
  'identity:update_domain_config': [
    ADMIN,
    DEPLOYMENT,
    [
      'PATCH /v3/domains/{domain_id}/config',
      'PATCH /v3/domains/{domain_id}/config/{group}',
      'PATCH /v3/domains/{domain_id}/config/{group}/{option}',
    ],
    ADMIN,
  ],
  'identity:delete_domain_config': [
    ADMIN,
    DEPLOYMENT,
    [
      'DELETE /v3/domains/{domain_id}/config',
      'DELETE /v3/domains/{domain_id}/config/{group}',
      'DELETE /v3/domains/{domain_id}/config/{group}/{option}',
    ],
    ADMIN,
  ],
  'identity:get_domain_config_default': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    [
      'GET|HEAD /v3/domains/config/default',
      'GET|HEAD /v3/domains/config/{group}/default',
      'GET|HEAD /v3/domains/config/{group}/{option}/default',
    ],
    ADMIN,
  ],
} as const satisfies Record<string, RuleRow>;
