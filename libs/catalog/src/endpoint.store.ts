import { repr, str } from '@keystone/api';
import { column, fold, key, nullable, unfold, violatesForeignKey } from '@keystone/database';
import type { Database, Row } from '@keystone/database';
import { badRequest, notFound } from '@keystone/errors';
import { EntitySchema, In, type EntityManager } from 'typeorm';
import { forgetPolicies, ProjectEndpointTable } from './association.store.ts';
import { fits } from './column-length.ts';
import { listRows, type Wanted } from './list.store.ts';
import { ensureRegion } from './region.store.ts';
import { writing } from './write.store.ts';

export interface Endpoint {
  id: string;
  interface: string;
  service_id: string;
  url: string;
  enabled: boolean;
  region_id: string | null;
  /** Of the API before this one; kept, never shown. */
  legacy_endpoint_id: string | null;
  [extra: string]: unknown;
}

/**
 * An endpoint as a client describes it, a whole one or what is to change. `region` is the older way to name a region,
 * which need not be there yet.
 */
export interface EndpointDraft {
  interface?: string;
  service_id?: unknown;
  url?: string;
  enabled?: boolean;
  region_id?: unknown;
  region?: string | null;
  legacy_endpoint_id?: unknown;
}

export const EndpointTable = new EntitySchema<Row<Endpoint>>({
  name: 'endpoint',
  columns: {
    id: key(column.text),
    legacy_endpoint_id: nullable(column.text),
    interface: column.text,
    service_id: column.text,
    url: column.text,
    enabled: column.flag,
    region_id: nullable(column.text),
    extra: nullable(column.text),
  },
});

const expecting = (attribute: string, target: string): never =>
  badRequest(
    `Expecting to find ${attribute} in ${target}. The server could not comply with the request since it is either ` +
      'malformed or otherwise incorrect. The client is assumed to be in error.',
  );

const isThere = async (tx: EntityManager, table: string, id: unknown): Promise<boolean> =>
  typeof id === 'string' && (await tx.existsBy(table, { id }));

/** A draft whose region is named by its id, and is there (api/endpoints.py, _validate_endpoint_region). */
async function placed(tx: EntityManager, draft: EndpointDraft): Promise<EndpointDraft> {
  const { region, ...named } = draft;
  if ((draft.region_id ?? null) === null) {
    if (typeof region !== 'string') return draft;
    await ensureRegion(tx, region);
    return { ...named, region_id: region };
  }
  if (!(await isThere(tx, 'region', draft.region_id))) expecting('endpoint region_id', 'region table');
  return draft;
}

/** A draft that may be stored: what it refers to is there. @throws 400 */
async function storable(tx: EntityManager, draft: EndpointDraft): Promise<EndpointDraft> {
  const endpoint = await placed(tx, draft);
  if ('service_id' in endpoint && !(await isThere(tx, 'service', endpoint.service_id))) {
    expecting('endpoint service_id', 'service table');
  }
  const { legacy_endpoint_id: legacy = null } = endpoint;
  if (typeof legacy === 'string') fits('legacy_endpoint_id', legacy, 64);
  else if (legacy !== null) {
    const problem = `${repr(legacy)} is not of type 'string', 'null'`;
    badRequest(`Invalid input for field/attribute legacy_endpoint_id. Value: ${str(legacy)}. ${problem}`);
  }
  return endpoint;
}

/** Deletes endpoints and what other tables hold of them. */
export async function forgetEndpoints(tx: EntityManager, of: { id: string } | { service_id: string }): Promise<void> {
  const ids = (await tx.find(EndpointTable, { select: { id: true }, where: of })).map(({ id }) => id);
  await forgetPolicies(tx, { endpoint_id: In(ids) });
  await tx.delete(ProjectEndpointTable, { endpoint_id: In(ids) });
  await tx.delete(EndpointTable, { id: In(ids) });
}

export type EndpointStore = ReturnType<typeof endpointStore>;

/** Endpoints (catalog/core.py, catalog/backends/sql.py). */
export function endpointStore(database: Database) {
  const { manager } = database;
  const rowOf = async (tx: EntityManager, id: string) =>
    (await tx.findOneBy(EndpointTable, { id })) ?? notFound('endpoint', id);

  // A region or service that was there may be gone by now; then the key says what the check did not.
  const write = <T>(work: (tx: EntityManager) => Promise<T>): Promise<T> =>
    writing(database)(work).catch((error: unknown) => {
      if (violatesForeignKey(error)) expecting('endpoint region_id or service_id', 'region or service table');
      throw error;
    });

  return {
    /** @throws 404 */
    get: async (id: string): Promise<Endpoint> => unfold(await rowOf(manager, id)),

    list: (wanted: Wanted): Promise<Endpoint[]> => listRows(database, EndpointTable, wanted),

    /** @throws 400 where there is no such region or service */
    create: (id: string, draft: EndpointDraft): Promise<Endpoint> =>
      write(async (tx) => {
        const endpoint = {
          region_id: null,
          legacy_endpoint_id: null,
          enabled: true,
          ...(await storable(tx, draft)),
          id,
        };
        const row = fold(EndpointTable, endpoint);
        await tx.insert(EndpointTable, row);
        return unfold(row as Row<Endpoint>);
      }),

    /** @throws 404; 400 where there is no such region or service */
    update: (id: string, changes: EndpointDraft): Promise<Endpoint> =>
      write(async (tx) => {
        const wanted = await storable(tx, changes);
        const old = unfold<Endpoint>(await rowOf(tx, id));
        const row = fold(EndpointTable, { ...old, ...wanted, id: old.id });
        await tx.update(EndpointTable, { id: old.id }, row);
        return unfold(row as Row<Endpoint>);
      }),

    /** @throws 404 */
    delete: (id: string): Promise<void> =>
      write(async (tx) => {
        await rowOf(tx, id);
        await forgetEndpoints(tx, { id });
      }),
  };
}
