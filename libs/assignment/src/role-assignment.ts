import { listOf, operations } from '@keystone/api';
import { ask } from '@keystone/bus';
import { groupsOf, membersOf, namesOf } from '@keystone/contracts';
import { notFound } from '@keystone/errors';
import type { AssignmentDeps } from './deps.ts';
import type { Role } from './role.store.ts';
import { isAsked, parameter } from './query.ts';
import { forMembers, grantOf, withImplied, type Grant } from './role-assignment.effect.ts';
import { namesFor } from './role-assignment.names.ts';
import { AssignmentBody, ListQuery, ofTree, readAsked, type Asked } from './role-assignment.query.ts';
import { viewOf } from './role-assignment.view.ts';

const operation = operations<AssignmentDeps>();

async function direct({ group_id, onSystem, ...asked }: Asked, { grants }: AssignmentDeps): Promise<Grant[]> {
  const wanted = { ...asked, group_ids: group_id === undefined ? undefined : [group_id] };
  const everywhere = wanted.project_id === undefined && wanted.domain_id === undefined;
  const found = await Promise.all([
    onSystem ? [] : grants.direct(wanted),
    onSystem || everywhere ? grants.system(wanted) : [],
  ]);
  return found.flat().map(grantOf);
}

/** @throws 404 for a user who is not there */
async function groupsOfUser(user_id: string, { bus }: AssignmentDeps): Promise<string[]> {
  const [groups, { users }] = await Promise.all([
    ask(bus, groupsOf, { user_id }),
    ask(bus, namesOf, { user_ids: [user_id], group_ids: [] }),
  ]);
  return users.length === 0 ? notFound('user', user_id) : groups;
}

/** Who is in each of the groups; only the user, where he is asked for. */
async function memberships(user_id: string | undefined, grants: readonly Grant[], { bus }: AssignmentDeps) {
  if (user_id !== undefined) return () => [user_id];
  const group_ids = [...new Set(grants.flatMap(({ group }) => group ?? []))];
  const members = Map.groupBy(await ask(bus, membersOf, { group_ids }), ({ group_id }) => group_id);
  return (group: string) => (members.get(group) ?? []).map((member) => member.user_id);
}

/** The roles by id. */
type Roles = ReadonlyMap<string, Role>;

async function effective(asked: Asked, roles: Roles, deps: AssignmentDeps): Promise<Grant[]> {
  const { user_id, project_id, inherited, role_id } = asked;
  if (project_id !== undefined && inherited !== false) await deps.projects.get(project_id);
  const group_ids = user_id === undefined ? undefined : await groupsOfUser(user_id, deps);
  const [rows, inferences] = await Promise.all([
    deps.grants.effective({ ...asked, group_ids }),
    deps.roles.inferences(),
  ]);
  const grants = rows.map(grantOf);
  const members = await memberships(user_id, grants, deps);
  const held = grants.flatMap(forMembers(members)).flatMap(withImplied(roles, inferences));
  return role_id === undefined ? held : held.filter(({ role }) => role === role_id);
}

/** Which grants lie in a domain: those on it and on its projects. */
async function within(domain: string, grants: readonly Grant[], { projects }: AssignmentDeps) {
  const ids = new Set(
    grants.flatMap(({ target }) => (target !== 'system' && 'project' in target ? target.project : [])),
  );
  const home = new Map(
    (await projects.names([...ids])).map(({ id, domain_id }) => [id, id === domain_id ? null : domain_id]),
  );
  return ({ target }: Grant): boolean =>
    target !== 'system' && ('domain' in target ? target.domain : home.get(target.project)) === domain;
}

export const roleAssignmentOperations = [
  operation({
    method: 'GET',
    path: '/v3/role_assignments',
    policy: 'identity:list_role_assignments',
    actionFor: (request) =>
      ofTree(request) ? 'identity:list_role_assignments_for_tree' : 'identity:list_role_assignments',
    filters: [
      'group.id',
      'role.id',
      'scope.domain.id',
      'scope.project.id',
      'scope.OS-INHERIT:inherited_to',
      'user.id',
      'scope.system',
    ],
    query: ListQuery,
    reply: listOf('role_assignments', AssignmentBody),
    target: async (request, { projects }) => {
      const own = request.caller?.token.domain?.id;
      if (!ofTree(request)) return own ? { domain_id: own } : {};
      const project = await projects.get(parameter(request, 'scope.project.id') ?? '');
      return { project, domain_id: project.domain_id };
    },
    run: async (request, deps) => {
      const asked = readAsked(request);
      const named = isAsked(request, 'include_names');
      const roles = new Map(asked.effective || named ? (await deps.roles.all()).map((role) => [role.id, role]) : []);
      const found = asked.effective ? await effective(asked, roles, deps) : await direct(asked, deps);
      const own = asked.subtree ? undefined : request.caller?.token.domain?.id;
      const shown = own === undefined ? found : found.filter(await within(own, found, deps));
      const names = named ? await namesFor(shown, roles, deps) : null;
      const { path, search } = request.target;
      return {
        role_assignments: shown.map((grant) => viewOf(grant, names, request.url)),
        links: { next: null, self: request.url(path) + search, previous: null },
      };
    },
  }),
];
