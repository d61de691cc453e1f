import { ask } from '@keystone/bus';
import { namesOf } from '@keystone/contracts';
import type { AssignmentDeps } from './deps.ts';
import type { Role } from './role.store.ts';
import type { Grant } from './role-assignment.effect.ts';
import { orNotFound, type Names } from './role-assignment.view.ts';

const unique = (ids: readonly (string | null | undefined)[]): string[] => [
  ...new Set(ids.filter((id) => id !== null && id !== undefined)),
];

const targetId = ({ target }: Grant): string | undefined =>
  target === 'system' ? undefined : 'project' in target ? target.project : target.domain;

/** A user or group that is gone has empty names (assignment/core.py _get_names_from_role_assignments). */
const GONE = { name: '', domain: { id: '', name: '' } };

type Held = { id: string; name: string; domain_id: string };

/** Every name that the grants need: one question to identity, one statement. */
export async function namesFor(
  grants: readonly Grant[],
  roles: ReadonlyMap<string, Role>,
  { bus, projects }: Pick<AssignmentDeps, 'bus' | 'projects'>,
): Promise<Names> {
  const { users, groups } = await ask(bus, namesOf, {
    user_ids: unique(grants.map(({ user }) => user)),
    group_ids: unique(grants.map(({ group }) => group)),
  });
  const ids = unique([
    ...grants.map(targetId),
    ...[...users, ...groups].map(({ domain_id }) => domain_id),
    ...unique(grants.map(({ role }) => role)).map((role) => roles.get(role)?.domain_id),
  ]);
  const known = new Map((await projects.names(ids)).map((row) => [row.id, row]));
  const project = orNotFound('project', known);
  const domain = orNotFound('domain', known);
  const role = orNotFound('role', roles);

  const inDomain = (id: string) => ({ id, name: domain(id).name });
  const actors = (held: readonly Held[]) => {
    const byId = new Map(held.map((each) => [each.id, each]));
    return (id: string) => {
      const found = byId.get(id);
      return found ? { name: found.name, domain: inDomain(found.domain_id) } : GONE;
    };
  };
  return {
    user: actors(users),
    group: actors(groups),
    project: (id) => {
      const { name, domain_id, domain_name } = project(id);
      return { name, domain: { id: domain_id, name: domain_name } };
    },
    domain: (id) => ({ name: domain(id).name }),
    role: (id) => {
      const { name, domain_id } = role(id);
      return { name, ...(domain_id !== null && { domain: inDomain(domain_id) }) };
    },
  };
}
