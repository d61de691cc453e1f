import type {
  AccessToken,
  ApplicationCredential,
  DomainRef,
  ProjectRef,
  RoleRef,
  Subject,
  Trust,
} from '@keystone/contracts';
import type { TokenPayload } from '@keystone/fernet';
import type { RevocationEvent } from './revocation.ts';

/** A role as `GET /v3/roles` shows it, but for its links. */
export type WholeRole = RoleRef & { domain_id: string | null };

/** What a trust comes to; see the question `assignment.trust-on`. */
export interface TrustAnswer {
  trust: Trust | null;
  roles: WholeRole[];
  grants: { user_id: string | null; group_id: string | null; role_id: string }[];
}

/** What the others have answered about a token so far. What is null is not there; what is undefined was not asked yet. */
export interface Known {
  /** By user id: the token's user, and who takes part in its trust. */
  people: Map<string, Subject | null>;
  domains: Map<string, DomainRef | null>;
  serviceProviders: unknown[];
  project: ProjectRef | null;
  domain: DomainRef | null;
  grants: { group_id: string | null; roles: RoleRef[] }[];
  systemRoles: RoleRef[];
  /** Roles that were asked for by id, and which of them there are, with those that they imply. */
  askedRoles: readonly string[];
  impliedRoles: Set<string>;
  placed: boolean;
  trust?: TrustAnswer;
  applicationCredential?: ApplicationCredential | null;
  accessToken?: AccessToken | null;
  identityProvider?: { id: string; enabled: boolean } | null;
  catalog?: { userId: string; entries: unknown[] };
  events?: { people: string; found: RevocationEvent[] };
}

export const nothing = (): Known => ({
  people: new Map(),
  domains: new Map(),
  serviceProviders: [],
  project: null,
  domain: null,
  grants: [],
  systemRoles: [],
  askedRoles: [],
  impliedRoles: new Set(),
  placed: false,
});

type Of<Kind extends TokenPayload['kind']> = Extract<TokenPayload, { kind: Kind }>;
export type FederatedPayload = Of<'federated-unscoped' | 'federated-project' | 'federated-domain'>;

export type Federation = Pick<FederatedPayload, 'groupIds' | 'idpId' | 'protocolId'>;

export const isFederated = (payload: TokenPayload): payload is FederatedPayload => 'idpId' in payload;
