import { ADMIN, ADMIN_OR_OWNER, DEPLOYMENT, EVERY_SCOPE, type RuleRow } from './row.ts';

const PROJECT_READER =
  '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s) or project_id:%(target.project.id)s';
const PROJECT_READER_FORMERLY = 'rule:admin_required or project_id:%(target.project.id)s';
const DOMAIN_READER =
  '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s)';
const PROJECT_MANAGER =
  '(rule:admin_required) or (role:manager and domain_id:%(target.project.domain_id)s and not None:%(target.project.domain_id)s)';

export const projectRules = {
  'identity:get_domain': [
    'rule:admin_required or (role:reader and system_scope:all) or token.domain.id:%(target.domain.id)s or token.project.domain.id:%(target.domain.id)s',
    EVERY_SCOPE,
    ['GET /v3/domains/{domain_id}'],
    'rule:admin_required or token.project.domain.id:%(target.domain.id)s',
  ],
  'identity:list_domains': [
    'rule:admin_required or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain.id)s)',
    EVERY_SCOPE,
    ['GET /v3/domains'],
    ADMIN,
  ],
  'identity:create_domain': [ADMIN, DEPLOYMENT, ['POST /v3/domains'], ADMIN],
  'identity:update_domain': [ADMIN, DEPLOYMENT, ['PATCH /v3/domains/{domain_id}'], ADMIN],
  'identity:delete_domain': [ADMIN, DEPLOYMENT, ['DELETE /v3/domains/{domain_id}'], ADMIN],
  'identity:get_project': [PROJECT_READER, EVERY_SCOPE, ['GET /v3/projects/{project_id}'], PROJECT_READER_FORMERLY],
  'identity:list_projects': [DOMAIN_READER, EVERY_SCOPE, ['GET /v3/projects'], ADMIN],
  'identity:list_user_projects': [
    '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.user.domain_id)s) or user_id:%(target.user.id)s',
    EVERY_SCOPE,
    ['GET /v3/users/{user_id}/projects'],
    ADMIN_OR_OWNER,
  ],
  'identity:create_project': [PROJECT_MANAGER, EVERY_SCOPE, ['POST /v3/projects'], ADMIN],
  'identity:update_project': [PROJECT_MANAGER, EVERY_SCOPE, ['PATCH /v3/projects/{project_id}'], ADMIN],
  'identity:delete_project': [PROJECT_MANAGER, EVERY_SCOPE, ['DELETE /v3/projects/{project_id}'], ADMIN],
  'identity:list_project_tags': [
    PROJECT_READER,
    EVERY_SCOPE,
    ['GET|HEAD /v3/projects/{project_id}/tags'],
    PROJECT_READER_FORMERLY,
  ],
  'identity:get_project_tag': [
    PROJECT_READER,
    EVERY_SCOPE,
    ['GET|HEAD /v3/projects/{project_id}/tags/{value}'],
    PROJECT_READER_FORMERLY,
  ],
  'identity:update_project_tags': [PROJECT_MANAGER, EVERY_SCOPE, ['PUT /v3/projects/{project_id}/tags'], ADMIN],
  'identity:create_project_tag': [PROJECT_MANAGER, EVERY_SCOPE, ['PUT /v3/projects/{project_id}/tags/{value}'], ADMIN],
  'identity:delete_project_tags': [PROJECT_MANAGER, EVERY_SCOPE, ['DELETE /v3/projects/{project_id}/tags'], ADMIN],
  'identity:delete_project_tag': [
    PROJECT_MANAGER,
    EVERY_SCOPE,
    ['DELETE /v3/projects/{project_id}/tags/{value}'],
    ADMIN,
  ],
} as const satisfies Record<string, RuleRow>;
