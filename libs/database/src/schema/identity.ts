import type { Tables } from './table.ts';

/** Users, their passwords, groups, credentials, and the configuration of domains. */
export const identityTables = {
  user: {
    columns: {
      id: 'varchar(64) not null',
      extra: 'text',
      enabled: 'boolean',
      default_project_id: 'varchar(64)',
      created_at: 'datetime',
      last_active_at: 'date',
      domain_id: 'varchar(64) not null',
    },
    primary: 'id',
    unique: ['ixu_user_id_domain_id (id, domain_id)'],
    index: ['ix_default_project_id (default_project_id)'],
    mysqlIndex: ['domain_id (domain_id)'],
  },
  local_user: {
    columns: {
      id: 'serial',
      user_id: 'varchar(64) not null',
      domain_id: 'varchar(64) not null',
      name: 'varchar(255) not null',
      failed_auth_count: 'int',
      failed_auth_at: 'datetime',
    },
    primary: 'id',
    unique: ['(domain_id, name)', '(user_id)'],
    foreign: [
      'local_user_user_id_fkey (user_id, domain_id) references user (id, domain_id) on delete cascade on update cascade',
    ],
  },
  password: {
    columns: {
      id: 'serial',
      local_user_id: 'int not null',
      expires_at: 'datetime',
      self_service: "boolean default '0' not null",
      password_hash: 'varchar(255)',
      created_at_int: "bigint default '0' not null",
      expires_at_int: 'bigint',
      created_at: 'datetime not null',
    },
    primary: 'id',
    foreign: ['(local_user_id) references local_user (id) on delete cascade'],
  },
  user_option: {
    columns: {
      user_id: 'varchar(64) not null',
      option_id: 'varchar(4) not null',
      option_value: 'text',
    },
    primary: 'user_id, option_id',
    foreign: ['(user_id) references user (id) on delete cascade'],
  },
  nonlocal_user: {
    columns: {
      domain_id: 'varchar(64) not null',
      name: 'varchar(255) not null',
      user_id: 'varchar(64) not null',
    },
    primary: 'domain_id, name',
    unique: ['ixu_nonlocal_user_user_id (user_id)'],
    foreign: [
      'nonlocal_user_user_id_fkey (user_id, domain_id) references user (id, domain_id) on delete cascade on update cascade',
    ],
  },
  group: {
    columns: {
      id: 'varchar(64) not null',
      domain_id: 'varchar(64) not null',
      name: 'varchar(64) not null',
      description: 'text',
      extra: 'text',
    },
    primary: 'id',
    unique: ['ixu_group_name_domain_id (domain_id, name)'],
  },
  user_group_membership: {
    columns: {
      user_id: 'varchar(64) not null',
      group_id: 'varchar(64) not null',
    },
    primary: 'user_id, group_id',
    index: ['group_id (group_id)'],
    foreign: [
      'fk_user_group_membership_user_id (user_id) references user (id)',
      'fk_user_group_membership_group_id (group_id) references group (id)',
    ],
  },
  id_mapping: {
    columns: {
      public_id: 'varchar(64) not null',
      domain_id: 'varchar(64) not null',
      local_id: 'varchar(255) not null',
      entity_type: "enum('user','group') not null",
    },
    primary: 'public_id',
    unique: ['domain_id (domain_id, local_id, entity_type)'],
  },
  credential: {
    columns: {
      id: 'varchar(64) not null',
      user_id: 'varchar(64) not null',
      project_id: 'varchar(64)',
      type: 'varchar(255) not null',
      extra: 'text',
      key_hash: 'varchar(64) not null',
      encrypted_blob: 'text not null',
    },
    primary: 'id',
  },
  whitelisted_config: {
    columns: {
      domain_id: 'varchar(64) not null',
      group: 'varchar(255) not null',
      option: 'varchar(255) not null',
      value: 'text not null',
    },
    primary: 'domain_id, group, option',
  },
  sensitive_config: {
    columns: {
      domain_id: 'varchar(64) not null',
      group: 'varchar(255) not null',
      option: 'varchar(255) not null',
      value: 'text not null',
    },
    primary: 'domain_id, group, option',
  },
  config_register: {
    columns: {
      type: 'varchar(64) not null',
      domain_id: 'varchar(64) not null',
    },
    primary: 'type',
  },
} satisfies Tables;
