import { collection, operations, type Caller, type Request } from '@keystone/api';
import { ask } from '@keystone/bus';
import { catalogFor, domainsOf, groupsOf, projectsOf, systemOf } from '@keystone/contracts';
import { KeystoneError } from '@keystone/errors';
import type { TokenDeps } from './deps.ts';

const operation = operations<TokenDeps>();

/** The user and every group that counts for him: his own, and those his federated token names. */
async function holder(caller: Caller | null, { bus }: TokenDeps) {
  const user_id = caller?.token.user.id ?? '';
  const own = await ask(bus, groupsOf, { user_id });
  return { user_id, group_ids: [...new Set([...own, ...(caller?.group_ids ?? [])])] };
}

type Ref = Record<string, unknown>;

const linked = (request: Pick<Request, 'url' | 'queryAll' | 'target'>, plural: string, refs: readonly Ref[]) =>
  collection(
    request,
    plural,
    refs.map((ref) => ({
      ...ref,
      id: String(ref.id),
      links: { self: request.url(`/v3/${plural}/${String(ref.id)}`) },
    })),
  );

export const authScopeOperations = [
  operation({
    method: 'GET',
    path: '/v3/auth/projects',
    policy: 'identity:get_auth_projects',
    run: async (request, deps) =>
      linked(request, 'projects', await ask(deps.bus, projectsOf, await holder(request.caller, deps))),
  }),
  operation({
    method: 'GET',
    path: '/v3/auth/domains',
    policy: 'identity:get_auth_domains',
    run: async (request, deps) =>
      linked(request, 'domains', await ask(deps.bus, domainsOf, await holder(request.caller, deps))),
  }),
  operation({
    method: 'GET',
    path: '/v3/auth/system',
    policy: 'identity:get_auth_system',
    run: async ({ caller, url }, { bus }) => {
      // Python does not look at the groups that a local user is in, only at those of a federated token.
      const user = { user_id: caller?.token.user.id ?? '', group_ids: caller?.group_ids ?? [] };
      const allowed = await ask(bus, systemOf, user);
      return { system: allowed ? [{ all: true }] : [], links: { self: url('/v3/auth/system') } };
    },
  }),
  operation({
    method: 'GET',
    path: '/v3/auth/catalog',
    policy: 'identity:get_auth_catalog',
    run: async ({ caller, url }, { bus }) => {
      const project_id = caller?.token.project?.id;
      if (!project_id) {
        throw new KeystoneError(403, 'You are not authorized to perform the requested action.', {
          reason: 'A project-scoped token is required to produce a service catalog.',
        });
      }
      const catalog = await ask(bus, catalogFor, { user_id: caller.token.user.id, project_id });
      return { catalog, links: { self: url('/v3/auth/catalog') } };
    },
  }),
];
