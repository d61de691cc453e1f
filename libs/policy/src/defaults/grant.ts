import { ADMIN, ADMIN_OR_SYSTEM_READER, DEPLOYMENT, EVERY_SCOPE, type RuleRow } from './row.ts';

const GRANT_MANAGER =
  '(rule:admin_required) or ((role:admin and domain_id:%(target.user.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.user.domain_id)s and domain_id:%(target.domain.id)s) or (role:admin and domain_id:%(target.group.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:admin and domain_id:%(target.group.domain_id)s and domain_id:%(target.domain.id)s)) and (domain_id:%(target.role.domain_id)s or None:%(target.role.domain_id)s) or ((role:manager and domain_id:%(target.user.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.user.domain_id)s and domain_id:%(target.domain.id)s) or (role:manager and domain_id:%(target.group.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:manager and domain_id:%(target.group.domain_id)s and domain_id:%(target.domain.id)s)) and rule:domain_managed_target_role';

export const grantRules = {
  'identity:check_grant': [
    '(rule:admin_required) or ((role:reader and system_scope:all) or ((role:reader and domain_id:%(target.user.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and domain_id:%(target.user.domain_id)s and domain_id:%(target.domain.id)s) or (role:reader and domain_id:%(target.group.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and domain_id:%(target.group.domain_id)s and domain_id:%(target.domain.id)s)) and (domain_id:%(target.role.domain_id)s or None:%(target.role.domain_id)s))',
    EVERY_SCOPE,
    [
      'HEAD|GET /v3/projects/{project_id}/users/{user_id}/roles/{role_id}',
      'HEAD|GET /v3/projects/{project_id}/groups/{group_id}/roles/{role_id}',
      'HEAD|GET /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}',
      'HEAD|GET /v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}',
      'HEAD|GET /v3/OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects',
      'HEAD|GET /v3/OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects',
      'HEAD|GET /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects',
      'HEAD|GET /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects',
    ],
    ADMIN,
  ],
  'identity:list_grants': [
    '(rule:admin_required) or ((role:reader and system_scope:all) or (role:reader and domain_id:%(target.user.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and domain_id:%(target.user.domain_id)s and domain_id:%(target.domain.id)s) or (role:reader and domain_id:%(target.group.domain_id)s and domain_id:%(target.project.domain_id)s) or (role:reader and domain_id:%(target.group.domain_id)s and domain_id:%(target.domain.id)s))',
    EVERY_SCOPE,
    [
      'GET|HEAD /v3/projects/{project_id}/users/{user_id}/roles',
      'GET|HEAD /v3/projects/{project_id}/groups/{group_id}/roles',
      'GET|HEAD /v3/domains/{domain_id}/users/{user_id}/roles',
      'GET|HEAD /v3/domains/{domain_id}/groups/{group_id}/roles',
      'GET /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/inherited_to_projects',
      'GET /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/inherited_to_projects',
    ],
    ADMIN,
  ],
  'identity:create_grant': [
    GRANT_MANAGER,
    EVERY_SCOPE,
    [
      'PUT /v3/projects/{project_id}/users/{user_id}/roles/{role_id}',
      'PUT /v3/projects/{project_id}/groups/{group_id}/roles/{role_id}',
      'PUT /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}',
      'PUT /v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}',
      'PUT /v3/OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects',
      'PUT /v3/OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects',
      'PUT /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects',
      'PUT /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects',
    ],
    ADMIN,
  ],
  'identity:revoke_grant': [
    GRANT_MANAGER,
    EVERY_SCOPE,
    [
      'DELETE /v3/projects/{project_id}/users/{user_id}/roles/{role_id}',
      'DELETE /v3/projects/{project_id}/groups/{group_id}/roles/{role_id}',
      'DELETE /v3/domains/{domain_id}/users/{user_id}/roles/{role_id}',
      'DELETE /v3/domains/{domain_id}/groups/{group_id}/roles/{role_id}',
      'DELETE /v3/OS-INHERIT/projects/{project_id}/users/{user_id}/roles/{role_id}/inherited_to_projects',
      'DELETE /v3/OS-INHERIT/projects/{project_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects',
      'DELETE /v3/OS-INHERIT/domains/{domain_id}/users/{user_id}/roles/{role_id}/inherited_to_projects',
      'DELETE /v3/OS-INHERIT/domains/{domain_id}/groups/{group_id}/roles/{role_id}/inherited_to_projects',
    ],
    ADMIN,
  ],
  'identity:list_system_grants_for_user': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    ['HEAD|GET /v3/system/users/{user_id}/roles'],
    ADMIN,
  ],
  'identity:check_system_grant_for_user': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    ['HEAD|GET /v3/system/users/{user_id}/roles/{role_id}'],
    ADMIN,
  ],
  'identity:create_system_grant_for_user': [
    ADMIN,
    DEPLOYMENT,
    ['PUT /v3/system/users/{user_id}/roles/{role_id}'],
    ADMIN,
  ],
  'identity:revoke_system_grant_for_user': [
    ADMIN,
    DEPLOYMENT,
    ['DELETE /v3/system/users/{user_id}/roles/{role_id}'],
    ADMIN,
  ],
  'identity:list_system_grants_for_group': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    ['HEAD|GET /v3/system/groups/{group_id}/roles'],
    ADMIN,
  ],
  'identity:check_system_grant_for_group': [
    ADMIN_OR_SYSTEM_READER,
    DEPLOYMENT,
    ['HEAD|GET /v3/system/groups/{group_id}/roles/{role_id}'],
    ADMIN,
  ],
  'identity:create_system_grant_for_group': [
    ADMIN,
    DEPLOYMENT,
    ['PUT /v3/system/groups/{group_id}/roles/{role_id}'],
    ADMIN,
  ],
  'identity:revoke_system_grant_for_group': [
    ADMIN,
    DEPLOYMENT,
    ['DELETE /v3/system/groups/{group_id}/roles/{role_id}'],
    ADMIN,
  ],
} as const satisfies Record<string, RuleRow>;
