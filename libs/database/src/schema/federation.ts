import type { Tables } from './table.ts';

/** Identity providers, their protocols and mappings, and the users that came through them. */
export const federationTables = {
  identity_provider: {
    columns: {
      id: 'varchar(64) not null',
      enabled: 'boolean not null',
      description: 'text',
      domain_id: 'varchar(64) not null',
      authorization_ttl: 'int',
    },
    primary: 'id',
    mysqlIndex: ['domain_id (domain_id)'],
  },
  idp_remote_ids: {
    columns: {
      idp_id: 'varchar(64)',
      remote_id: 'varchar(255) not null',
    },
    primary: 'remote_id',
    foreign: ['(idp_id) references identity_provider (id) on delete cascade'],
  },
  federation_protocol: {
    columns: {
      id: 'varchar(64) not null',
      idp_id: 'varchar(64) not null',
      mapping_id: 'varchar(64) not null',
      remote_id_attribute: 'varchar(64)',
    },
    primary: 'id, idp_id',
    foreign: ['(idp_id) references identity_provider (id) on delete cascade'],
  },
  federated_user: {
    columns: {
      id: 'serial',
      user_id: 'varchar(64) not null',
      idp_id: 'varchar(64) not null',
      protocol_id: 'varchar(64) not null',
      unique_id: 'varchar(255) not null',
      display_name: 'varchar(255)',
    },
    primary: 'id',
    unique: ['(idp_id, protocol_id, unique_id)'],
    foreign: [
      'federated_user_protocol_id_fkey (protocol_id, idp_id) references federation_protocol (id, idp_id) on delete cascade',
      '(user_id) references user (id) on delete cascade',
      '(idp_id) references identity_provider (id) on delete cascade',
    ],
  },
  expiring_user_group_membership: {
    columns: {
      user_id: 'varchar(64) not null',
      group_id: 'varchar(64) not null',
      idp_id: 'varchar(64) not null',
      last_verified: 'datetime not null',
    },
    primary: 'user_id, group_id, idp_id',
    foreign: [
      '(user_id) references user (id)',
      '(group_id) references group (id)',
      '(idp_id) references identity_provider (id) on delete cascade',
    ],
  },
  mapping: {
    columns: {
      id: 'varchar(64) not null',
      rules: 'text not null',
      schema_version: "varchar(5) default '1.0' not null",
    },
    primary: 'id',
  },
  service_provider: {
    columns: {
      auth_url: 'varchar(256) not null',
      id: 'varchar(64) not null',
      enabled: 'boolean not null',
      description: 'text',
      sp_url: 'varchar(256) not null',
      relay_state_prefix: 'varchar(256) not null',
    },
    primary: 'id',
  },
} satisfies Tables;
