import { closed, open, Type, type Request } from '@keystone/api';
import { badRequest } from '@keystone/errors';
import { AnyId, isAsked, parameter } from './query.ts';
import type { GrantQuery } from './role-assignment.store.ts';

const Named = Type.Object({ id: Type.String(), name: Type.Optional(Type.String()) }, closed);
const InDomain = Type.Object(
  { id: Type.String(), name: Type.Optional(Type.String()), domain: Type.Optional(Named) },
  closed,
);
export const AssignmentBody = Type.Object(
  {
    role: InDomain,
    scope: Type.Object(
      {
        project: Type.Optional(InDomain),
        domain: Type.Optional(Named),
        system: Type.Optional(Type.Object({ all: Type.Literal(true) })),
        'OS-INHERIT:inherited_to': Type.Optional(Type.Literal('projects')),
      },
      closed,
    ),
    user: Type.Optional(InDomain),
    group: Type.Optional(InDomain),
    links: Type.Object(
      {
        assignment: Type.String(),
        membership: Type.Optional(Type.String()),
        prior_role: Type.Optional(Type.String()),
      },
      closed,
    ),
  },
  closed,
);

// `effective`, `include_names` and the like take any value. Of Python's combinations these two are what its schema,
// where a later key hides an earlier one, really checks; the others are checked after the policy.
export const ListQuery = Type.Unsafe<Record<string, string>>({
  type: 'object',
  properties: {
    'group.id': AnyId,
    'role.id': AnyId,
    'scope.domain.id': AnyId,
    'scope.project.id': AnyId,
    'user.id': Type.String(),
  },
  dependentRequired: { include_subtree: ['scope.project.id'] },
  oneOf: [
    { required: ['user.id'] },
    { required: ['group.id'] },
    { allOf: [{ not: { required: ['user.id'] } }, { not: { required: ['group.id'] } }] },
  ],
  ...open,
});

export const ofTree = (request: Pick<Request, 'queryAll'>) => isAsked(request, 'include_subtree');

export interface Asked extends GrantQuery {
  group_id: string | undefined;
  onSystem: boolean;
  effective: boolean;
}

/** @throws 400 for filters that contradict each other (RoleAssignmentsResource._build_role_assignments_list) */
export function readAsked(request: Pick<Request, 'queryAll'>): Asked {
  const [project_id, domain_id, user_id, group_id, role_id] = [
    'scope.project.id',
    'scope.domain.id',
    'user.id',
    'group.id',
    'role.id',
  ].map((name) => parameter(request, name));
  const system = parameter(request, 'scope.system');
  const inheritance = request.queryAll.find(([name]) => name === 'scope.OS-INHERIT:inherited_to')?.[1];
  const inherited = inheritance === undefined ? undefined : inheritance === 'projects';
  const effective = isAsked(request, 'effective');

  if (domain_id && project_id) badRequest('Specify a domain or project, not both');
  if (domain_id && system) badRequest('Specify system or domain, not both');
  if (project_id && system) badRequest('Specify system or project, not both');
  if (user_id && group_id) badRequest('Specify a user or group, not both');
  if (effective && group_id) badRequest('Combining effective and group filter will always result in an empty list.');
  if (effective && inherited && domain_id) {
    badRequest('Combining effective, domain and inherited filters will always result in an empty list.');
  }
  const subtree = ofTree(request);
  return {
    project_id,
    domain_id,
    user_id,
    group_id,
    role_id,
    inherited,
    subtree,
    effective,
    onSystem: system === 'all',
  };
}
