import { closed, collection, keepsId, linked, listOf, member, normalised, nullable, open } from '@keystone/api';
import { operations, SelfLink, Type } from '@keystone/api';
import { badRequest } from '@keystone/errors';
import type { CatalogDeps } from './deps.ts';

const description = nullable(Type.String({ maxLength: 255 }));
const RegionId = nullable(Type.String({ minLength: 1, maxLength: 255 }));
/** A new region may be given an empty id, and is then given another. */
const NewId = nullable(Type.String({ minLength: 0, maxLength: 255 }));

const fields = (id: typeof RegionId) => ({
  description: Type.Optional(description),
  id: Type.Optional(id),
  parent_region_id: Type.Optional(RegionId),
});

const Region = Type.Object({ links: SelfLink, description, id: RegionId, parent_region_id: RegionId }, open);
const Draft = member('region', Type.Object(fields(NewId), open), open);
const Changes = member('region', Type.Object(fields(RegionId), { ...open, minProperties: 1 }));
const Reply = member('region', Region);

const operation = operations<CatalogDeps>();

export const regionOperations = [
  operation({
    method: 'GET',
    path: '/v3/regions',
    policy: 'identity:list_regions',
    filters: ['parent_region_id'],
    query: Type.Object({ parent_region_id: Type.Optional(RegionId) }, closed),
    reply: listOf('regions', Region),
    run: async (request, { regions }) => {
      // Neither a request nor the configuration limits this list (catalog/core.py, list_regions without `hints=`).
      const found = await regions.list({ filters: request.filters });
      return collection(
        request,
        'regions',
        found.map((region) => linked(request, 'regions', region)),
      );
    },
  }),
  operation({
    method: 'POST',
    path: '/v3/regions',
    policy: 'identity:create_region',
    body: Draft,
    reply: Reply,
    run: async (request, { regions, newId }) => {
      const { id, ...draft } = normalised(request.body.region);
      return { region: linked(request, 'regions', await regions.create(id || newId(), draft)) };
    },
  }),
  operation({
    method: 'GET',
    path: '/v3/regions/{region_id}',
    policy: 'identity:get_region',
    reply: Reply,
    run: async (request, { regions }) => ({
      region: linked(request, 'regions', await regions.get(request.params.region_id)),
    }),
  }),
  operation({
    method: 'PUT',
    path: '/v3/regions/{region_id}',
    policy: 'identity:create_region',
    body: Draft,
    reply: Reply,
    run: async (request, { regions }) => {
      const { region_id } = request.params;
      const { id = region_id, ...draft } = normalised(request.body.region);
      if (id !== region_id) badRequest(`Conflicting region IDs specified: "${region_id}" != "${id ?? 'None'}"`);
      return { region: linked(request, 'regions', await regions.create(region_id, draft)) };
    },
  }),
  operation({
    method: 'PATCH',
    path: '/v3/regions/{region_id}',
    policy: 'identity:update_region',
    body: Changes,
    reply: Reply,
    run: async (request, { regions }) => {
      const { region_id } = request.params;
      keepsId(request.body.region, region_id);
      return { region: linked(request, 'regions', await regions.update(region_id, request.body.region)) };
    },
  }),
  operation({
    method: 'DELETE',
    path: '/v3/regions/{region_id}',
    policy: 'identity:delete_region',
    run: ({ params }, { regions }) => regions.delete(params.region_id),
  }),
];
