import { column, fold, key, nullable, unfold, type Database, type Row } from '@keystone/database';
import { notFound } from '@keystone/errors';
import { EntitySchema, type EntityManager } from 'typeorm';
import { forgetPolicies } from './association.store.ts';
import { forgetEndpoints } from './endpoint.store.ts';
import { listRows, type Wanted } from './list.store.ts';
import { writing } from './write.store.ts';

/** A service; its name and description are in `extra`. */
export interface Service {
  id: string;
  type: string | null;
  enabled: boolean;
  [extra: string]: unknown;
}

export type ServiceDraft = { type?: string; enabled?: boolean; name?: string };

export const ServiceTable = new EntitySchema<Row<Service>>({
  name: 'service',
  columns: {
    id: key(column.text),
    type: nullable(column.text),
    enabled: column.flag,
    extra: nullable(column.text),
  },
});

export type ServiceStore = ReturnType<typeof serviceStore>;

/** Services (catalog/core.py, catalog/backends/sql.py). */
export function serviceStore(database: Database) {
  const { manager } = database;
  const write = writing(database);
  const rowOf = async (tx: EntityManager, id: string) =>
    (await tx.findOneBy(ServiceTable, { id })) ?? notFound('service', id);

  return {
    /** @throws 404 */
    get: async (id: string): Promise<Service> => unfold(await rowOf(manager, id)),

    list: (wanted: Wanted): Promise<Service[]> => listRows(database, ServiceTable, wanted),

    create: (id: string, draft: ServiceDraft & { type: string }): Promise<Service> =>
      write(async (tx) => {
        const row = fold(ServiceTable, { enabled: true, name: '', ...draft, id });
        await tx.insert(ServiceTable, row);
        return unfold(row as Row<Service>);
      }),

    /** @throws 404 */
    update: (id: string, changes: ServiceDraft): Promise<Service> =>
      write(async (tx) => {
        const old = unfold<Service>(await rowOf(tx, id));
        const row = fold(ServiceTable, { ...old, ...changes, id: old.id });
        await tx.update(ServiceTable, { id: old.id }, row);
        return unfold(row as Row<Service>);
      }),

    /** The service with its endpoints. @throws 404 */
    delete: (id: string): Promise<void> =>
      write(async (tx) => {
        await rowOf(tx, id);
        await forgetEndpoints(tx, { service_id: id });
        await forgetPolicies(tx, { service_id: id });
        await tx.delete(ServiceTable, { id });
      }),
  };
}
