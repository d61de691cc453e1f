import { bool, choice, int, str } from '../option.ts';

// keystone/conf/catalog.py and its neighbours.
export const catalog = {
  cache_time: int(null),
  caching: bool(true),
  driver: str('sql'),
  list_limit: int(null),
};

export const endpoint_filter = {
  driver: str('sql'),
  return_all_endpoints_if_no_filter: bool(true),
};

export const endpoint_policy = {
  driver: str('sql'),
};

export const policy = {
  driver: str('sql'),
  list_limit: int(null),
};

export const unified_limit = {
  cache_time: int(null),
  caching: bool(true),
  driver: str('sql'),
  enforcement_model: choice('flat', ['flat', 'strict_two_level']),
  list_limit: int(null),
};
