import type { Filter } from '@keystone/api';
import type { Database } from '@keystone/database';
import { endpointStore } from './endpoint.store.ts';
import { ensureRegion } from './region.store.ts';
import { serviceStore } from './service.store.ts';

export interface BootstrapCatalog {
  regionId: string | null;
  serviceName: string;
  publicUrl: string | null;
  internalUrl: string | null;
  adminUrl: string | null;
  newId(): string;
}

const equals = (name: string, value: string): Filter => ({ name, comparator: 'equals', caseSensitive: true, value });

/**
 * The region, the identity service and its endpoints, as `keystone-manage bootstrap` makes them (cmd/bootstrap.py): what
 * is there is kept, but for the URLs of endpoints, which are set. Without any URL there is no service either.
 */
export async function bootstrapCatalog(database: Database, options: BootstrapCatalog): Promise<void> {
  const { regionId, serviceName, newId } = options;
  if (regionId) await database.transaction((tx) => ensureRegion(tx, regionId));
  const urls = { public: options.publicUrl, internal: options.internalUrl, admin: options.adminUrl };
  if (!Object.values(urls).some(Boolean)) return;

  const services = serviceStore(database);
  const endpoints = endpointStore(database);
  const [there] = await services.list({ filters: [equals('type', 'identity')] });
  const service = there ?? (await services.create(newId(), { type: 'identity', name: serviceName }));
  const inRegion = regionId ? [equals('region_id', regionId)] : [];
  const known = await endpoints.list({ filters: [equals('service_id', service.id), ...inRegion] });
  for (const [name, url] of Object.entries(urls)) {
    if (!url) continue;
    const endpoint = known.findLast((one) => one.interface === name);
    if (endpoint) await endpoints.update(endpoint.id, { url });
    else await endpoints.create(newId(), { interface: name, url, service_id: service.id, region_id: regionId });
  }
}
