import type { Tables } from './table.ts';

/** Projects (domains are projects), roles, grants and trusts. */
export const assignmentTables = {
  project: {
    columns: {
      id: 'varchar(64) not null',
      name: 'varchar(64) not null',
      extra: 'text',
      description: 'text',
      enabled: 'boolean',
      domain_id: 'varchar(64) not null',
      parent_id: 'varchar(64)',
      is_domain: "boolean default '0' not null",
    },
    primary: 'id',
    unique: ['ixu_project_name_domain_id (domain_id, name)'],
    foreign: [
      'project_domain_id_fkey (domain_id) references project (id)',
      'project_parent_id_fkey (parent_id) references project (id)',
    ],
  },
  project_option: {
    columns: {
      project_id: 'varchar(64) not null',
      option_id: 'varchar(4) not null',
      option_value: 'text',
    },
    primary: 'project_id, option_id',
    foreign: ['(project_id) references project (id) on delete cascade'],
  },
  project_tag: {
    columns: {
      project_id: 'varchar(64) not null',
      name: 'varchar(255) not null',
    },
    primary: 'project_id, name',
    sqliteUnique: ['(project_id, name)'],
    foreign: ['(project_id) references project (id) on delete cascade'],
  },
  role: {
    columns: {
      id: 'varchar(64) not null',
      name: 'varchar(255) not null',
      extra: 'text',
      domain_id: "varchar(64) default '<<null>>' not null",
      description: 'varchar(255)',
    },
    primary: 'id',
    unique: ['ixu_role_name_domain_id (name, domain_id)'],
  },
  role_option: {
    columns: {
      role_id: 'varchar(64) not null',
      option_id: 'varchar(4) not null',
      option_value: 'text',
    },
    primary: 'role_id, option_id',
    foreign: ['(role_id) references role (id) on delete cascade'],
  },
  implied_role: {
    columns: {
      prior_role_id: 'varchar(64) not null',
      implied_role_id: 'varchar(64) not null',
    },
    primary: 'prior_role_id, implied_role_id',
    foreign: [
      'implied_role_prior_role_id_fkey (prior_role_id) references role (id) on delete cascade',
      'implied_role_implied_role_id_fkey (implied_role_id) references role (id) on delete cascade',
    ],
  },
  assignment: {
    columns: {
      type: "enum('UserProject','GroupProject','UserDomain','GroupDomain') not null",
      actor_id: 'varchar(64) not null',
      target_id: 'varchar(64) not null',
      role_id: 'varchar(64) not null',
      inherited: 'boolean not null',
    },
    primary: 'type, actor_id, target_id, role_id, inherited',
    index: ['ix_actor_id (actor_id)'],
    sqliteForeign: ['fk_assignment_role_id (role_id) references role (id)'],
  },
  system_assignment: {
    columns: {
      type: 'varchar(64) not null',
      actor_id: 'varchar(64) not null',
      target_id: 'varchar(64) not null',
      role_id: 'varchar(64) not null',
      inherited: 'boolean not null',
    },
    primary: 'type, actor_id, target_id, role_id, inherited',
  },
  trust: {
    columns: {
      id: 'varchar(64) not null',
      trustor_user_id: 'varchar(64) not null',
      trustee_user_id: 'varchar(64) not null',
      project_id: 'varchar(64)',
      impersonation: 'boolean not null',
      deleted_at: 'datetime',
      expires_at: 'datetime',
      remaining_uses: 'int',
      extra: 'text',
      expires_at_int: 'bigint',
      redelegated_trust_id: 'varchar(64)',
      redelegation_count: 'int',
    },
    primary: 'id',
    unique: ['duplicate_trust_constraint (trustor_user_id, trustee_user_id, project_id, impersonation, expires_at)'],
  },
  trust_role: {
    columns: {
      trust_id: 'varchar(64) not null',
      role_id: 'varchar(64) not null',
    },
    primary: 'trust_id, role_id',
  },
} satisfies Tables;
