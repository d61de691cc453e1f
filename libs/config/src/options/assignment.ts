import { bool, choice, int, list, str } from '../option.ts';

// keystone/conf/assignment.py, resource.py, role.py, trust.py
export const assignment = {
  driver: str('sql'),
  prohibited_implied_role: list(['admin']),
};

export const resource = {
  admin_project_domain_name: str(null),
  admin_project_name: str(null),
  cache_time: int(null, { deprecated: [{ section: 'assignment' }] }),
  caching: bool(true, { deprecated: [{ section: 'assignment' }] }),
  domain_name_url_safe: choice('off', ['off', 'new', 'strict']),
  driver: str('sql'),
  list_limit: int(null, { deprecated: [{ section: 'assignment' }] }),
  project_name_url_safe: choice('off', ['off', 'new', 'strict']),
};

export const role = {
  cache_time: int(null),
  caching: bool(true),
  driver: str(null),
  list_limit: int(null),
};

export const trust = {
  allow_redelegation: bool(false),
  driver: str('sql'),
  max_redelegation_count: int(3),
};
