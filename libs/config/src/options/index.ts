import type { Values } from '../option.ts';
import { assignment, resource, role, trust } from './assignment.ts';
import { cache } from './cache.ts';
import { catalog, endpoint_filter, endpoint_policy, policy, unified_limit } from './catalog.ts';
import { database } from './database.ts';
import { api, DEFAULT, wsgi } from './default.ts';
import { federation, saml } from './federation.ts';
import * as identity from './identity.ts';
import { kts } from './kts.ts';
import { ldap } from './ldap.ts';
import { cors, oslo_middleware, oslo_policy } from './oslo.ts';
import * as token from './token.ts';

/**
 * Every option that is read, by section, with Python Keystone 30's defaults. An option has its own type, e.g.
 * `config.token.expiration: number`, `config.identity.list_limit: number | null`.
 *
 * No default is looked up on the host: where Python takes the host's name (`default_publisher_id`), it does so at the
 * time of use, and the value here is null.
 */
export const OPTIONS = {
  DEFAULT,
  api,
  assignment,
  cache,
  catalog,
  cors,
  database,
  endpoint_filter,
  endpoint_policy,
  federation,
  ...identity,
  kts,
  ldap,
  oslo_middleware,
  oslo_policy,
  policy,
  resource,
  role,
  saml,
  ...token,
  trust,
  unified_limit,
  wsgi,
};

export type Config = Values<typeof OPTIONS>;
