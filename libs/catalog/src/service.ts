import { collection, keepsId, linked, listOf, member, normalised, open } from '@keystone/api';
import { operations, readPage, SelfLink, Type } from '@keystone/api';
import { badRequest } from '@keystone/errors';
import type { CatalogDeps } from './deps.ts';

const fields = {
  enabled: Type.Optional(Type.Boolean()),
  type: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
};

const Service = Type.Object(
  {
    id: Type.String(),
    name: Type.Optional(Type.String({ minLength: 0, maxLength: 255 })),
    links: SelfLink,
    enabled: Type.Boolean(),
    type: Type.String(),
  },
  open,
);
const Draft = Type.Object({ ...fields, type: Type.String({ minLength: 1, maxLength: 255 }) }, open);
// Python's schema does not ask for the member itself, so that who may not create is told so first.
const Body = Type.Object({ service: Type.Optional(Draft) }, open);
const Changes = member('service', Type.Object(fields, { ...open, minProperties: 1 }), open);
const Reply = member('service', Service);

const operation = operations<CatalogDeps>();

export const serviceOperations = [
  operation({
    method: 'GET',
    path: '/v3/services',
    policy: 'identity:list_services',
    filters: ['type', 'name'],
    reply: listOf('services', Service),
    run: async (request, { services, limits }) => {
      const page = readPage(request, limits());
      const found = await services.list({ filters: request.filters, limit: page.limit });
      return collection(
        request,
        'services',
        found.map((service) => linked(request, 'services', service)),
        page,
      );
    },
  }),
  operation({
    method: 'POST',
    path: '/v3/services',
    policy: 'identity:create_service',
    body: Body,
    reply: Reply,
    run: async (request, { services, newId }) => {
      const draft = request.body?.service ?? badRequest("'service' is a required property");
      return { service: linked(request, 'services', await services.create(newId(), normalised(draft))) };
    },
  }),
  operation({
    method: 'GET',
    path: '/v3/services/{service_id}',
    policy: 'identity:get_service',
    reply: Reply,
    run: async (request, { services }) => ({
      service: linked(request, 'services', await services.get(request.params.service_id)),
    }),
  }),
  operation({
    method: 'PATCH',
    path: '/v3/services/{service_id}',
    policy: 'identity:update_service',
    body: Changes,
    reply: Reply,
    run: async (request, { services }) => {
      const { service_id } = request.params;
      keepsId(request.body.service, service_id);
      return { service: linked(request, 'services', await services.update(service_id, request.body.service)) };
    },
  }),
  operation({
    method: 'DELETE',
    path: '/v3/services/{service_id}',
    policy: 'identity:delete_service',
    run: ({ params }, { services }) => services.delete(params.service_id),
  }),
];
