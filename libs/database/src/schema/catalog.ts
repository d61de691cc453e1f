import type { Tables } from './table.ts';

/** Regions, services, endpoints, what filters them, and limits. */
export const catalogTables = {
  region: {
    columns: {
      id: 'varchar(255) not null',
      description: 'varchar(255) not null',
      parent_region_id: 'varchar(255)',
      extra: 'text',
    },
    primary: 'id',
  },
  service: {
    columns: {
      id: 'varchar(64) not null',
      type: 'varchar(255)',
      enabled: "boolean default '1' not null",
      extra: 'text',
    },
    primary: 'id',
  },
  endpoint: {
    columns: {
      id: 'varchar(64) not null',
      legacy_endpoint_id: 'varchar(64)',
      interface: 'varchar(8) not null',
      service_id: 'varchar(64) not null',
      url: 'text not null',
      extra: 'text',
      enabled: "boolean default '1' not null",
      region_id: 'varchar(255)',
    },
    primary: 'id',
    index: ['service_id (service_id)'],
    foreign: [
      'endpoint_service_id_fkey (service_id) references service (id)',
      'fk_endpoint_region_id (region_id) references region (id)',
    ],
  },
  endpoint_group: {
    columns: {
      id: 'varchar(64) not null',
      name: 'varchar(255) not null',
      description: 'text',
      filters: 'text not null',
    },
    primary: 'id',
  },
  project_endpoint: {
    columns: {
      endpoint_id: 'varchar(64) not null',
      project_id: 'varchar(64) not null',
    },
    primary: 'endpoint_id, project_id',
  },
  project_endpoint_group: {
    columns: {
      endpoint_group_id: 'varchar(64) not null',
      project_id: 'varchar(64) not null',
    },
    primary: 'endpoint_group_id, project_id',
    index: ['idx_project_id (project_id)'],
    foreign: ['(endpoint_group_id) references endpoint_group (id)'],
  },
  policy: {
    columns: {
      id: 'varchar(64) not null',
      type: 'varchar(255) not null',
      blob: 'text not null',
      extra: 'text',
    },
    primary: 'id',
  },
  policy_association: {
    columns: {
      id: 'varchar(64) not null',
      policy_id: 'varchar(64) not null',
      endpoint_id: 'varchar(64)',
      service_id: 'varchar(64)',
      region_id: 'varchar(64)',
    },
    primary: 'id',
    unique: ['(endpoint_id, service_id, region_id)'],
  },
  registered_limit: {
    columns: {
      id: 'varchar(64) not null',
      service_id: 'varchar(255)',
      region_id: 'varchar(64)',
      resource_name: 'varchar(255)',
      default_limit: 'int not null',
      description: 'text',
      internal_id: 'serial',
    },
    primary: 'internal_id',
    unique: ['registered_limit_id_key (id)'],
    mysqlIndex: ['region_id (region_id)'],
  },
  limit: {
    columns: {
      id: 'varchar(64) not null',
      project_id: 'varchar(64)',
      resource_limit: 'int not null',
      description: 'text',
      internal_id: 'serial',
      registered_limit_id: 'varchar(64)',
      domain_id: 'varchar(64)',
    },
    primary: 'internal_id',
    unique: ['limit_id_key (id)'],
    mysqlIndex: ['registered_limit_id (registered_limit_id)'],
  },
} satisfies Tables;
