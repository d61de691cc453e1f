import type { Region } from './region.ts';

const SHARED = 'shared default';
const CATALOG = 'computed catalog region';
const ASSIGNMENTS = 'computed assignments';
const IDS = 'id mapping';

/** Tokens, and the receipts that may become some: the two that Python drops together. */
const LOGINS = ['tokens', 'receipts'] as const;
/** Where the names of users, projects and roles are kept: on their own, in lists of assignments, in tokens. */
const NAMED = [SHARED, ASSIGNMENTS, ...LOGINS] as const;

/**
 * What a write makes wrong of what Python keeps. Where Python drops single entries of a region, all of it goes: its id
 * would have to be read and decoded as each client library encodes it to know the keys of the entries. And where Python
 * itself goes on with what is out of date (a renamed user in a token, a changed endpoint group), it is dropped too.
 *
 * Nothing is listed for the creation of what Python looks up by id or name: it does not keep that it found nothing.
 * Logins, failed or not, change nothing that is kept; nor do policies, their associations, mappings and protocols.
 */
const STALE = {
  // catalog/core.py
  'region.created': [CATALOG],
  'region.updated': [SHARED, CATALOG],
  'region.deleted': [SHARED, CATALOG],
  'service.created': [CATALOG],
  'service.updated': [SHARED, CATALOG],
  'service.deleted': [SHARED, CATALOG],
  'endpoint.created': [CATALOG],
  'endpoint.updated': [SHARED, CATALOG],
  'endpoint.deleted': [SHARED, CATALOG],
  'endpoint_group.created': [],
  'endpoint_group.updated': [CATALOG],
  'endpoint_group.deleted': [CATALOG],
  'project_endpoint.created': [CATALOG],
  'project_endpoint.deleted': [CATALOG],
  'project_endpoint_group.created': [CATALOG],
  'project_endpoint_group.deleted': [CATALOG],
  // limit/core.py
  'registered_limit.created': [],
  'registered_limit.updated': [SHARED],
  'registered_limit.deleted': [SHARED],
  'limit.created': [],
  'limit.updated': [SHARED],
  'limit.deleted': [SHARED],
  // resource/core.py; a domain is a project
  'project.created': [ASSIGNMENTS],
  'project.updated': NAMED,
  'project.deleted': [...NAMED, CATALOG],
  'domain.created': [ASSIGNMENTS],
  'domain.updated': NAMED,
  'domain.deleted': [...NAMED, CATALOG, IDS],
  'domain_config.created': [SHARED],
  'domain_config.updated': [SHARED],
  'domain_config.deleted': [SHARED],
  // assignment/core.py; grants on projects, domains and the system
  'role.created': [],
  'role.updated': NAMED,
  'role.deleted': NAMED,
  'implied_role.created': [ASSIGNMENTS, 'tokens'],
  'implied_role.deleted': [ASSIGNMENTS, ...LOGINS],
  'grant.created': [ASSIGNMENTS, 'tokens'],
  'grant.deleted': [ASSIGNMENTS, ...LOGINS],
  'trust.created': [],
  'trust.deleted': LOGINS,
  // identity/core.py; a changed password or option is an updated user
  'user.created': [],
  'user.updated': NAMED,
  'user.deleted': [...NAMED, IDS],
  'group.created': [],
  'group.updated': [SHARED, ASSIGNMENTS],
  'group.deleted': [...NAMED, IDS],
  'group_membership.created': [ASSIGNMENTS, 'tokens'],
  'group_membership.deleted': [ASSIGNMENTS, ...LOGINS],
  // That an id has no mapping is kept as well.
  'id_mapping.created': [IDS],
  'id_mapping.deleted': [IDS],
  // credential/core.py keeps lists, application_credential/core.py does not
  'credential.created': [SHARED],
  'credential.updated': [SHARED],
  'credential.deleted': [SHARED],
  'application_credential.created': [],
  'application_credential.deleted': [SHARED, 'tokens'],
  'access_rule.deleted': [SHARED, 'tokens'],
  // federation/core.py, api/os_oauth1.py, api/users.py
  'identity_provider.deleted': [SHARED, ...LOGINS],
  'service_provider.created': [SHARED],
  'service_provider.updated': [SHARED],
  'service_provider.deleted': [SHARED],
  'consumer.deleted': LOGINS,
  'access_token.deleted': LOGINS,
  // revoke/core.py; that a token is not revoked is kept with the tokens (token/provider.py)
  'revocation_event.created': ['revoke', 'tokens'],
} as const satisfies Record<string, readonly Region[]>;

/** A committed write, as Python's notifications name it. */
export type Change = keyof typeof STALE;

/** The regions that Python drops after such writes. */
export const regionsOf = (...changes: readonly Change[]): Region[] => [
  ...new Set(changes.flatMap((change): readonly Region[] => STALE[change])),
];
