import type { TokenBody } from '@keystone/api';
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
import { isoTime } from './clock.ts';
import { isFederated } from './known.ts';

/** All that the body of a token is made of, looked up. */
export interface Facts {
  payload: TokenPayload;
  subject: Subject;
  userDomain: DomainRef;
  project: ProjectRef | null;
  domain: DomainRef | null;
  roles: RoleRef[];
  catalog: unknown[] | null;
  serviceProviders: unknown[];
  /** Of a token that was handed on. */
  trust?: { trust: Trust; trustor: Subject; trustorDomain: DomainRef } | null;
  applicationCredential?: ApplicationCredential | null;
  accessToken?: AccessToken | null;
}

export interface AdminProject {
  admin_project_name: string | null;
  admin_project_domain_name: string | null;
}

const named = ({ id, name }: { id: string; name: string }) => ({ id, name });

function scopeOf({ payload, project, domain, roles, trust }: Facts, admin: AdminProject): Partial<TokenBody> {
  if (payload.kind === 'system') return { roles, system: { all: true } };
  if (domain) return { domain: named(domain), roles };
  if (!project) return {};
  const shown = { project: { domain: named(project.domain), id: project.id, name: project.name } };
  if (trust) return { ...shown, roles };
  const { admin_project_name, admin_project_domain_name } = admin;
  return {
    ...shown,
    is_domain: project.is_domain,
    roles,
    ...(admin_project_name &&
      admin_project_domain_name && {
        is_admin_project: project.name === admin_project_name && project.domain.name === admin_project_domain_name,
      }),
  };
}

/** The trustor, where the trustee acts as him. */
function userOf({ payload, subject, userDomain, trust }: Facts): TokenBody['user'] {
  const [user, domain] = trust?.trust.impersonation
    ? [trust.trustor, trust.trustorDomain]
    : ([subject, userDomain] as const);
  const shown = { domain: named(domain), id: user.id, name: user.name };
  if (!isFederated(payload)) return { ...shown, password_expires_at: user.password_expires_at };
  const { groupIds, idpId, protocolId } = payload;
  return {
    ...shown,
    'OS-FEDERATION': {
      groups: groupIds.map((id) => ({ id })),
      identity_provider: { id: idpId },
      protocol: { id: protocolId },
    },
  };
}

/** What a token says of how it was handed on. */
function delegationOf({ payload, trust, applicationCredential, accessToken }: Facts): Partial<TokenBody> {
  switch (payload.kind) {
    case 'trust': {
      if (!trust) return {};
      const { trustor_user_id, trustee_user_id, impersonation } = trust.trust;
      const parties = { trustor_user: { id: trustor_user_id }, trustee_user: { id: trustee_user_id } };
      return { 'OS-TRUST:trust': { id: payload.trustId, ...parties, impersonation } };
    }
    case 'oauth1':
      return { 'OS-OAUTH1': { access_token_id: payload.accessTokenId, consumer_id: accessToken?.consumer_id } };
    case 'application-credential': {
      if (!applicationCredential) return {};
      const { unrestricted, access_rules } = applicationCredential;
      const rules = access_rules ? { access_rules } : {};
      return { application_credential: { ...named(applicationCredential), restricted: !unrestricted, ...rules } };
    }
    case 'oauth2-mtls':
      return { oauth2_credential: { 'x5t#S256': payload.thumbprint } };
    default:
      return {};
  }
}

/** The `token` member of a response (common/render_token.py). */
export function tokenBody(facts: Facts, admin: AdminProject): TokenBody {
  const { payload, catalog, serviceProviders } = facts;
  return {
    methods: payload.methods,
    user: userOf(facts),
    audit_ids: payload.auditIds,
    expires_at: isoTime(payload.expiresAt),
    issued_at: isoTime(payload.issuedAt),
    ...scopeOf(facts, admin),
    ...(catalog && { catalog }),
    ...(serviceProviders.length > 0 && { service_providers: serviceProviders }),
    ...delegationOf(facts),
  };
}
