import { closed, collection, keepsId, linked, listOf, member, normalised, nullable, open } from '@keystone/api';
import { operations, readPage, SelfLink, Type, type Request } from '@keystone/api';
import { badRequest } from '@keystone/errors';
import type { CatalogDeps } from './deps.ts';
import type { Endpoint as Stored } from './endpoint.store.ts';
import { isUrlTemplate } from './url-template.ts';

const Interface = Type.Unsafe<'admin' | 'internal' | 'public'>({
  type: 'string',
  enum: ['admin', 'internal', 'public'],
});
const Url = Type.String({ minLength: 0, maxLength: 225, pattern: '^[a-zA-Z0-9+.-]+:.+' });

const fields = {
  enabled: Type.Optional(Type.Boolean()),
  interface: Type.Optional(Interface),
  region_id: Type.Optional(nullable(Type.String())),
  region: Type.Optional(nullable(Type.String())),
  service_id: Type.Optional(Type.String()),
  url: Type.Optional(Url),
  name: Type.Optional(Type.String()),
  description: Type.Optional(nullable(Type.String())),
};

const Endpoint = Type.Object(
  {
    ...fields,
    id: Type.String(),
    links: SelfLink,
    enabled: Type.Boolean(),
    region_id: nullable(Type.String()),
    region: nullable(Type.String()),
    url: Type.String(),
  },
  open,
);
const Draft = Type.Object(
  { id: Type.Optional(Type.String()), ...fields, interface: Interface, service_id: Type.String(), url: Url },
  open,
);
// As with services: the member itself is asked for after the permission.
const Body = Type.Object({ endpoint: Type.Optional(Draft) }, closed);
const Changes = member('endpoint', Type.Object(fields, { ...open, minProperties: 1 }));
const Reply = member('endpoint', Endpoint);

/** An endpoint as it is shown: its region by both names (api/endpoints.py, _filter_endpoint). */
function shown(request: Pick<Request, 'url'>, { legacy_endpoint_id: _, ...endpoint }: Stored) {
  return linked(request, 'endpoints', { ...endpoint, id: endpoint.id, region: endpoint.region_id });
}

const operation = operations<CatalogDeps>();

export const endpointOperations = [
  operation({
    method: 'GET',
    path: '/v3/endpoints',
    policy: 'identity:list_endpoints',
    filters: ['interface', 'service_id', 'region_id'],
    query: Type.Object(
      {
        interface: Type.Optional(Interface),
        region_id: Type.Optional(nullable(Type.String())),
        service_id: Type.Optional(Type.String()),
      },
      open,
    ),
    reply: listOf('endpoints', Endpoint),
    run: async (request, { endpoints, limits }) => {
      const page = readPage(request, limits());
      const found = await endpoints.list({ filters: request.filters, limit: page.limit });
      return collection(
        request,
        'endpoints',
        found.map((endpoint) => shown(request, endpoint)),
        page,
      );
    },
  }),
  operation({
    method: 'POST',
    path: '/v3/endpoints',
    policy: 'identity:create_endpoint',
    body: Body,
    reply: Reply,
    run: async (request, { endpoints, newId }) => {
      const draft = request.body?.endpoint ?? badRequest("'endpoint' is a required property");
      if (!isUrlTemplate(draft.url)) badRequest(`Cannot create an endpoint with an invalid URL: ${draft.url}.`);
      return { endpoint: shown(request, await endpoints.create(newId(), normalised(draft))) };
    },
  }),
  operation({
    method: 'GET',
    path: '/v3/endpoints/{endpoint_id}',
    policy: 'identity:get_endpoint',
    reply: Reply,
    run: async (request, { endpoints }) => ({
      endpoint: shown(request, await endpoints.get(request.params.endpoint_id)),
    }),
  }),
  operation({
    method: 'PATCH',
    path: '/v3/endpoints/{endpoint_id}',
    policy: 'identity:update_endpoint',
    body: Changes,
    reply: Reply,
    // The URL is not checked for its substitutions here; Python checks new endpoints only.
    run: async (request, { endpoints }) => {
      const { endpoint_id } = request.params;
      keepsId(request.body.endpoint, endpoint_id);
      return { endpoint: shown(request, await endpoints.update(endpoint_id, request.body.endpoint)) };
    },
  }),
  operation({
    method: 'DELETE',
    path: '/v3/endpoints/{endpoint_id}',
    policy: 'identity:delete_endpoint',
    run: ({ params }, { endpoints }) => endpoints.delete(params.endpoint_id),
  }),
];
