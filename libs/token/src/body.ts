import type { TokenBody } from '@keystone/api';
import type { TokenPayload } from '@keystone/fernet';
import type { DomainRef, ProjectRef, RoleRef, Subject } from '@keystone/contracts';
import { isoTime } from './clock.ts';

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
}

export interface AdminProject {
  admin_project_name: string | null;
  admin_project_domain_name: string | null;
}

const named = ({ id, name }: { id: string; name: string }) => ({ id, name });

function scopeOf({ payload, project, domain, roles }: Facts, admin: AdminProject): Partial<TokenBody> {
  if (payload.kind === 'system') return { roles, system: { all: true } };
  if (domain) return { domain: named(domain), roles };
  if (!project) return {};
  const { admin_project_name, admin_project_domain_name } = admin;
  return {
    project: { domain: named(project.domain), id: project.id, name: project.name },
    is_domain: project.is_domain,
    roles,
    ...(admin_project_name &&
      admin_project_domain_name && {
        is_admin_project: project.name === admin_project_name && project.domain.name === admin_project_domain_name,
      }),
  };
}

/** The `token` member of a response, members in Python's order (common/render_token.py). */
export function tokenBody(facts: Facts, admin: AdminProject): TokenBody {
  const { payload, subject, userDomain, catalog, serviceProviders } = facts;
  return {
    methods: payload.methods,
    user: {
      domain: named(userDomain),
      id: subject.id,
      name: subject.name,
      password_expires_at: subject.password_expires_at,
    },
    audit_ids: payload.auditIds,
    expires_at: isoTime(payload.expiresAt),
    issued_at: isoTime(payload.issuedAt),
    ...scopeOf(facts, admin),
    ...(catalog && { catalog }),
    ...(serviceProviders.length > 0 && { service_providers: serviceProviders }),
  };
}
