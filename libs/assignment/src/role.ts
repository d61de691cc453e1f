import { collection, Id, linked, listOf, member, open, operations, SelfLink, Type } from '@keystone/api';
import type { Request } from '@keystone/api';
import type { AssignmentDeps } from './deps.ts';
import { admits } from './filter.ts';
import { pageOf } from './page.ts';
import { AnyId, Name255, Options, parameter, Text } from './query.ts';
import type { Inference } from './role.store.ts';

const operation = operations<AssignmentDeps>();

const RoleBody = Type.Object(
  { id: Id, name: Type.String(), description: Text, domain_id: Text, options: Options, links: SelfLink },
  open,
);

const ListQuery = Type.Object({ name: Type.Optional(Name255), domain_id: Type.Optional(AnyId) }, open);

const Named = Type.Object({ id: Id, name: Type.String(), links: SelfLink });
const InferencesBody = Type.Object({
  role_inferences: Type.Array(Type.Object({ prior_role: Named, implies: Type.Array(Named) })),
});

/** Rules by the role that they begin with. */
const grouped = (inferences: readonly Inference[], request: Pick<Request, 'url'>) =>
  [...Map.groupBy(inferences, ({ prior }) => prior.id).values()].flatMap((rules) =>
    rules.slice(0, 1).map(({ prior }) => ({
      prior_role: linked(request, 'roles', prior),
      implies: rules.map(({ implied }) => linked(request, 'roles', implied)),
    })),
  );

export const roleOperations = [
  operation({
    method: 'GET',
    path: '/v3/roles',
    policy: 'identity:list_roles',
    // Roles of a domain have rules of their own.
    actionFor: (request) => (parameter(request, 'domain_id') ? 'identity:list_domain_roles' : 'identity:list_roles'),
    filters: ['name', 'domain_id'],
    query: ListQuery,
    reply: listOf('roles', RoleBody),
    run: async (request, { roles, config }) => {
      const page = pageOf(request, config(), 'role');
      const { roles: found, rest } = await roles.list(request.filters, page.limit);
      const members = found.filter(admits(rest)).map((role) => linked(request, 'roles', role));
      return collection(request, 'roles', members, page);
    },
  }),
  operation({
    method: 'GET',
    path: '/v3/roles/{role_id}',
    policy: 'identity:get_role',
    actionFor: async ({ params }, { roles }) =>
      (await roles.get(params['role_id'] ?? '')).domain_id ? 'identity:get_domain_role' : 'identity:get_role',
    reply: member('role', RoleBody),
    target: async ({ params }, { roles }) => ({ role: await roles.get(params.role_id) }),
    run: async (request, { roles }) => ({ role: linked(request, 'roles', await roles.get(request.params.role_id)) }),
  }),
  operation({
    method: 'GET',
    path: '/v3/role_inferences',
    policy: 'identity:list_role_inference_rules',
    reply: InferencesBody,
    run: async (request, { roles }) => ({ role_inferences: grouped(await roles.inferences(), request) }),
  }),
];
