import type { Tables } from './table.ts';

/** What a user may hand on: application credentials with their access rules, and OAuth1's tokens. */
export const delegationTables = {
  access_rule: {
    columns: {
      id: 'serial',
      service: 'varchar(64)',
      path: 'varchar(128)',
      method: 'varchar(16)',
      external_id: 'varchar(64)',
      user_id: 'varchar(64)',
    },
    primary: 'id',
    unique: ['duplicate_access_rule_for_user_constraint (user_id, service, path, method)'],
    index: ['external_id (external_id)', 'user_id (user_id)'],
  },
  application_credential: {
    columns: {
      internal_id: 'serial',
      id: 'varchar(64) not null',
      name: 'varchar(255) not null',
      secret_hash: 'varchar(255) not null',
      description: 'text',
      user_id: 'varchar(64) not null',
      project_id: 'varchar(64)',
      expires_at: 'bigint',
      system: 'varchar(64)',
      unrestricted: 'boolean',
    },
    primary: 'internal_id',
    unique: ['duplicate_app_cred_constraint (user_id, name)'],
  },
  application_credential_role: {
    columns: {
      application_credential_id: 'int not null',
      role_id: 'varchar(64) not null',
    },
    primary: 'application_credential_id, role_id',
    foreign: ['(application_credential_id) references application_credential (internal_id) on delete cascade'],
  },
  application_credential_access_rule: {
    columns: {
      application_credential_id: 'int not null',
      access_rule_id: 'int not null',
    },
    primary: 'application_credential_id, access_rule_id',
    foreign: [
      '(application_credential_id) references application_credential (internal_id) on delete cascade',
      '(access_rule_id) references access_rule (id) on delete cascade',
    ],
  },
  consumer: {
    columns: {
      id: 'varchar(64) not null',
      description: 'varchar(64)',
      secret: 'varchar(64) not null',
      extra: 'text not null',
    },
    primary: 'id',
  },
  request_token: {
    columns: {
      id: 'varchar(64) not null',
      request_secret: 'varchar(64) not null',
      verifier: 'varchar(64)',
      authorizing_user_id: 'varchar(64)',
      requested_project_id: 'varchar(64) not null',
      role_ids: 'text',
      consumer_id: 'varchar(64) not null',
      expires_at: 'varchar(64)',
    },
    primary: 'id',
    index: ['ix_request_token_consumer_id (consumer_id)'],
    foreign: ['(consumer_id) references consumer (id)'],
  },
  access_token: {
    columns: {
      id: 'varchar(64) not null',
      access_secret: 'varchar(64) not null',
      authorizing_user_id: 'varchar(64) not null',
      project_id: 'varchar(64) not null',
      role_ids: 'text not null',
      consumer_id: 'varchar(64) not null',
      expires_at: 'varchar(64)',
    },
    primary: 'id',
    index: ['ix_access_token_authorizing_user_id (authorizing_user_id)', 'ix_access_token_consumer_id (consumer_id)'],
    foreign: ['(consumer_id) references consumer (id)'],
  },
} satisfies Tables;
