import { ask } from '@keystone/bus';
import { resolve, rolesOn, type DomainRef, type ProjectRef, type RoleRef, type Scope } from '@keystone/contracts';
import type { TokenPayload } from '@keystone/fernet';
import type { TokenDeps } from './deps.ts';

/** A token's scope as its payload names it; null where it has none. */
export function scopeOf(payload: TokenPayload): Scope | null {
  if ('projectId' in payload && payload.projectId !== undefined) return { project_id: payload.projectId };
  if ('domainId' in payload && payload.domainId !== undefined) return { domain_id: payload.domainId };
  return payload.kind === 'system' ? { system: 'all' } : null;
}

export interface Authority {
  project: ProjectRef | null;
  domain: DomainRef | null;
  /** Of the user, and of each group apart: which of those count is known when the user's groups are. */
  grants: { group_id: string | null; roles: RoleRef[] }[];
}

const NOTHING: Authority = { project: null, domain: null, grants: [] };

/** Asked before it is known which groups the user is in, so that it need not wait for that. */
export const authorityOn = (userId: string, scope: Scope | null, { bus }: TokenDeps): Promise<Authority> =>
  scope ? ask(bus, rolesOn, { user_id: userId, group_ids: null, scope }) : Promise.resolve(NOTHING);

/** The roles that a user holds by himself and through his groups, each once. */
export function effectiveRoles({ grants }: Pick<Authority, 'grants'>, groupIds: readonly string[]): RoleRef[] {
  const groups = new Set<string | null>([null, ...groupIds]);
  const roles = grants.filter(({ group_id }) => groups.has(group_id)).flatMap((grant) => grant.roles);
  return [...new Map(roles.map((role) => [role.id, role])).values()];
}

/** A domain by id, from what is at hand where it is. */
export async function domainById(id: string, known: readonly (DomainRef | null | undefined)[], { bus }: TokenDeps) {
  const held = known.find((domain) => domain?.id === id);
  if (held) return held;
  const { domains } = await ask(bus, resolve, { domains: [{ id }], projects: [] });
  return domains[0] ?? null;
}
