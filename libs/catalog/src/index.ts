import { answer } from '@keystone/bus';
import { catalogFor } from '@keystone/contracts';
import { module } from '@keystone/module';
import {
  EndpointGroupTable,
  PolicyAssociationTable,
  ProjectEndpointGroupTable,
  ProjectEndpointTable,
} from './association.store.ts';
import { catalogOf } from './catalog.ts';
import { catalogDeps, type CatalogDeps } from './deps.ts';
import { endpointOperations } from './endpoint.ts';
import { EndpointTable } from './endpoint.store.ts';
import { regionOperations } from './region.ts';
import { RegionTable } from './region.store.ts';
import { serviceOperations } from './service.ts';
import { ServiceTable } from './service.store.ts';

export { bootstrapCatalog, type BootstrapCatalog } from './bootstrap.ts';

/** Regions, services, endpoints, and the catalog that a token shows of them. */
export const catalog = module<CatalogDeps>({
  name: 'catalog',
  tables: [
    RegionTable,
    ServiceTable,
    EndpointTable,
    EndpointGroupTable,
    ProjectEndpointTable,
    ProjectEndpointGroupTable,
    PolicyAssociationTable,
  ],
  operations: [...regionOperations, ...serviceOperations, ...endpointOperations],
  deps: catalogDeps,
  listen: (bus, deps) => answer(bus, catalogFor, (asked) => catalogOf(asked, deps)),
});
