import {
  closed,
  collection,
  Id,
  linked,
  listOf,
  member,
  open,
  operations,
  SelfLink,
  Type,
  type Request,
} from '@keystone/api';
import { ask } from '@keystone/bus';
import { groupsOf, namesOf } from '@keystone/contracts';
import { badRequest, notFound } from '@keystone/errors';
import type { AssignmentDeps } from './deps.ts';
import { admits } from './filter.ts';
import { pageOf } from './page.ts';
import type { Project } from './project.store.ts';
import { readTagQuery, tagFilter } from './project-tag.ts';
import { parentIds, parentsOf, subtreeIds, subtreeOf } from './project-tree.ts';
import { AnyId, Flag, isAsked, Limit, Name64, Options, Text } from './query.ts';

const operation = operations<AssignmentDeps>();

const Fields = {
  name: Type.String(),
  description: Text,
  enabled: Type.Boolean(),
  tags: Type.Array(Type.String()),
  options: Options,
  links: SelfLink,
};
const ProjectBody = Type.Object(
  { id: Id, ...Fields, domain_id: Text, parent_id: Text, is_domain: Type.Boolean() },
  open,
);

const ListQuery = Type.Object(
  {
    domain_id: Type.Optional(AnyId),
    enabled: Type.Optional(Flag),
    name: Type.Optional(Name64),
    parent_id: Type.Optional(Type.String({ format: 'uuid' })),
    is_domain: Type.Optional(Flag),
    tags: Type.Optional(Type.String()),
    'tags-any': Type.Optional(Type.String()),
    'not-tags': Type.Optional(Type.String()),
    'not-tags-any': Type.Optional(Type.String()),
    marker: Type.Optional(Type.String()),
    limit: Type.Optional(Limit),
  },
  open,
);

/** Everything the user may scope to, through his own grants and those of the groups he is in. */
async function projectsOfUser(user_id: string, { bus, effective }: AssignmentDeps): Promise<Project[]> {
  return effective.projectsOf({ user_id, group_ids: await ask(bus, groupsOf, { user_id }) });
}

/** Narrows a list to what the caller himself may scope to; whoever has no user, the admin token, sees it all. */
async function visible(
  projects: readonly Project[],
  { caller }: Request,
  deps: AssignmentDeps,
): Promise<readonly Project[]> {
  if (!caller || caller.isAdmin) return projects;
  const own = new Set((await projectsOfUser(caller.token.user.id, deps)).map(({ id }) => id));
  return projects.filter(({ id }) => own.has(id));
}

function atMostOne(request: Request, ...names: readonly [string, string]): void {
  if (names.every((name) => isAsked(request, name))) {
    badRequest(`Cannot use ${names[0]} and ${names[1]} query params at the same time.`);
  }
}

/** `parents` and `subtree`, as far as the request asks for them (ProjectResource._expand_project_ref). */
async function relatives(project: Project, request: Request, deps: AssignmentDeps) {
  atMostOne(request, 'parents_as_list', 'parents_as_ids');
  atMostOne(request, 'subtree_as_list', 'subtree_as_ids');
  const asked = (name: string) => isAsked(request, name);
  const members = async (projects: readonly Project[]) =>
    (await visible(projects, request, deps)).map((each) => ({ project: linked(request, 'projects', each) }));
  const [above, below] = await Promise.all([
    asked('parents_as_list') || asked('parents_as_ids') ? deps.projects.lineage(project.id) : [],
    asked('subtree_as_list') || asked('subtree_as_ids') ? deps.projects.descent(project.id) : [],
  ]);
  return {
    ...(asked('parents_as_ids') && { parents: parentIds(project, above) }),
    ...(asked('parents_as_list') && { parents: await members(parentsOf(project, above)) }),
    ...(asked('subtree_as_ids') && { subtree: subtreeIds(project, below) }),
    ...(asked('subtree_as_list') && { subtree: await members(subtreeOf(project, below)) }),
  };
}

const TOP = { name: 'is_domain', comparator: 'equals', caseSensitive: true, value: '0' } as const;

export const projectOperations = [
  operation({
    method: 'GET',
    path: '/v3/projects',
    policy: 'identity:list_projects',
    filters: ['domain_id', 'enabled', 'name', 'parent_id', 'is_domain'],
    query: ListQuery,
    reply: listOf('projects', ProjectBody),
    target: async ({ caller }) => (caller?.token.domain ? { domain_id: caller.token.domain.id } : {}),
    run: async (request, { projects, config }) => {
      const page = pageOf(request, config(), 'resource');
      const filters = 'is_domain' in request.query ? request.filters : [...request.filters, TOP];
      const { projects: found, rest, truncated } = await projects.list(filters, page);
      const tags = readTagQuery(request);
      const tagged = tags ? tagFilter(tags, await projects.tagHits(tags)) : () => true;
      const domain = request.caller?.token.domain?.id;
      // All of this comes after the page was cut, in Python too, so that pages may be short.
      const shown = found.filter(
        (project) => tagged(project) && admits(rest)(project) && (!domain || project.domain_id === domain),
      );
      const members = shown.map((project) => linked(request, 'projects', project));
      return collection(request, 'projects', members, { ...page, limit: page.limit || undefined, truncated });
    },
  }),
  operation({
    method: 'GET',
    path: '/v3/projects/{project_id}',
    policy: 'identity:get_project',
    reply: member('project', ProjectBody, closed),
    target: async ({ params }, { projects }) => {
      const project = await projects.find(params.project_id);
      return project ? { project } : {};
    },
    run: async (request, deps) => {
      const project = await deps.projects.get(request.params.project_id);
      const found = { ...project, ...(await relatives(project, request as Request, deps)) };
      return { project: linked(request, 'projects', found) };
    },
  }),
  operation({
    method: 'GET',
    path: '/v3/users/{user_id}/projects',
    policy: 'identity:list_user_projects',
    filters: ['domain_id', 'enabled', 'name'],
    reply: listOf('projects', ProjectBody),
    target: async ({ params }, { bus }) => {
      const { users } = await ask(bus, namesOf, { user_ids: [params.user_id], group_ids: [] });
      return users[0] ? { user: users[0] } : {};
    },
    run: async (request, deps) => {
      const { user_id } = request.params;
      const [{ users }, projects] = await Promise.all([
        ask(deps.bus, namesOf, { user_ids: [user_id], group_ids: [] }),
        projectsOfUser(user_id, deps),
      ]);
      if (users.length === 0) notFound('user', user_id);
      const members = projects.filter(admits(request.filters)).map((project) => linked(request, 'projects', project));
      return collection(request, 'projects', members, pageOf(request, deps.config(), null));
    },
  }),
];
