import { randomUUID } from 'node:crypto';
import type { Config } from '@keystone/config';
import type { Database } from '@keystone/database';
import type { Context } from '@keystone/module';
import { telling, type PythonCache } from '@keystone/python-cache';
import type { Log } from '@keystone/telemetry';
import { catalogStore, type CatalogStore } from './catalog.store.ts';
import { endpointStore, type EndpointStore } from './endpoint.store.ts';
import { regionStore, type RegionStore } from './region.store.ts';
import { serviceStore, type ServiceStore } from './service.store.ts';

export interface CatalogDeps {
  regions: RegionStore;
  services: ServiceStore;
  endpoints: EndpointStore;
  catalog: CatalogStore;
  config(): Config;
  log: Log;
  newId(): string;
  /** How long a list may be: `[catalog] list_limit` or the global one, and `[DEFAULT] max_db_limit`. */
  limits(): { configured: number | null; most: number };
}

/** The stores, whose writes Python Keystone is told of. */
function stores(database: Database, pythonCache: PythonCache): Pick<CatalogDeps, 'regions' | 'services' | 'endpoints'> {
  const told = telling(pythonCache);
  const [regions, services, endpoints] = [regionStore(database), serviceStore(database), endpointStore(database)];
  return {
    regions: {
      ...regions,
      create: told('region.created', regions.create),
      update: told('region.updated', regions.update),
      delete: told('region.deleted', regions.delete),
    },
    services: {
      ...services,
      create: told('service.created', services.create),
      update: told('service.updated', services.update),
      delete: told('service.deleted', services.delete),
    },
    endpoints: {
      ...endpoints,
      create: told('endpoint.created', endpoints.create),
      update: told('endpoint.updated', endpoints.update),
      delete: told('endpoint.deleted', endpoints.delete),
    },
  };
}

export const catalogDeps = ({ database, config, log, pythonCache }: Context): CatalogDeps => ({
  ...stores(database, pythonCache),
  catalog: catalogStore(database),
  config,
  log,
  newId: () => randomUUID().replaceAll('-', ''),
  limits() {
    const { DEFAULT, catalog } = config();
    // Zero is none, as Python's `or` has it (catalog/backends/base.py).
    return { configured: catalog.list_limit || DEFAULT.list_limit || null, most: DEFAULT.max_db_limit };
  },
});
