import type { Request } from '@keystone/api';
import { notFound } from '@keystone/errors';
import type { Grant } from './role-assignment.effect.ts';

interface Named {
  name: string;
  domain: { id: string; name: string };
}

/** Names of what grants speak of; null where no names were asked for. */
export interface Names {
  user(id: string): Named;
  group(id: string): Named;
  /** @throws 404 */
  project(id: string): Named;
  /** @throws 404 */
  domain(id: string): { name: string };
  /** @throws 404 */
  role(id: string): { name: string; domain?: { id: string; name: string } };
}

function scopeOf({ target, inherited }: Grant, names: Names | null) {
  const mark = inherited && { 'OS-INHERIT:inherited_to': 'projects' as const };
  if (target === 'system') return { system: { all: true as const } };
  if ('project' in target) return { project: { id: target.project, ...names?.project(target.project) }, ...mark };
  return { domain: { id: target.domain, ...names?.domain(target.domain) }, ...mark };
}

/** Where the grant was made, which need not be where it takes effect. */
function made({ target, via }: Grant): string {
  if (target === 'system') return '/system';
  if (via.domain !== undefined) return `/domains/${via.domain}`;
  if (via.project !== undefined) return `/projects/${via.project}`;
  return 'project' in target ? `/projects/${target.project}` : `/domains/${target.domain}`;
}

function linksOf(grant: Grant, url: Request['url']) {
  const { user, group, role, inherited, via } = grant;
  const holder = via.group ?? group;
  const actor = holder === undefined ? `/users/${user}` : `/groups/${holder}`;
  const path = `${made(grant)}${actor}/roles/${via.role ?? role}`;
  const assignment = inherited ? `/OS-INHERIT${path}/inherited_to_projects` : path;
  return {
    assignment: url(`/v3${assignment}`),
    ...(via.group !== undefined && { membership: url(`/v3/groups/${via.group}/users/${user}`) }),
    // Python has the two the wrong way round, and nothing answers there.
    ...(via.role !== undefined && { prior_role: url(`/v3/prior_role/${role}/implies/${via.role}`) }),
  };
}

/** One member of `role_assignments` (api/role_assignments.py _format_entity). */
export const viewOf = (grant: Grant, names: Names | null, url: Request['url']) => ({
  ...(grant.user !== undefined && { user: { id: grant.user, ...names?.user(grant.user) } }),
  ...(grant.group !== undefined && { group: { id: grant.group, ...names?.group(grant.group) } }),
  role: { id: grant.role, ...names?.role(grant.role) },
  scope: scopeOf(grant, names),
  links: linksOf(grant, url),
});

/** A look-up that fails as Python's getters do. */
export const orNotFound =
  <T>(kind: string, known: ReadonlyMap<string, T>) =>
  (id: string): T =>
    known.get(id) ?? notFound(kind, id);
