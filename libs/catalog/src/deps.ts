import { randomUUID } from 'node:crypto';
import type { Config } from '@keystone/config';
import type { Context } from '@keystone/module';
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

export const catalogDeps = ({ database, config, log }: Context): CatalogDeps => ({
  regions: regionStore(database),
  services: serviceStore(database),
  endpoints: endpointStore(database),
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
