import type { Tables } from './table.ts';

/** Revocations, and the table of the long gone UUID tokens, which every Keystone database still has. */
export const tokenTables = {
  revocation_event: {
    columns: {
      id: 'serial',
      domain_id: 'varchar(64)',
      project_id: 'varchar(64)',
      user_id: 'varchar(64)',
      role_id: 'varchar(64)',
      trust_id: 'varchar(64)',
      consumer_id: 'varchar(64)',
      access_token_id: 'varchar(64)',
      issued_before: 'datetime not null',
      expires_at: 'datetime',
      revoked_at: 'datetime not null',
      audit_id: 'varchar(32)',
      audit_chain_id: 'varchar(32)',
    },
    primary: 'id',
    index: [
      'ix_revocation_event_audit_id_issued_before (audit_id, issued_before)',
      'ix_revocation_event_composite (issued_before, user_id, project_id, audit_id)',
      'ix_revocation_event_issued_before (issued_before)',
      'ix_revocation_event_new_revoked_at (revoked_at)',
      'ix_revocation_event_project_id_issued_before (project_id, issued_before)',
      'ix_revocation_event_project_id_user_id (project_id, user_id)',
      'ix_revocation_event_user_id_issued_before (user_id, issued_before)',
    ],
  },
  token: {
    columns: {
      id: 'varchar(64) not null',
      expires: 'datetime',
      extra: 'text',
      valid: 'boolean not null',
      trust_id: 'varchar(64)',
      user_id: 'varchar(64)',
    },
    primary: 'id',
    index: [
      'ix_token_expires (expires)',
      'ix_token_expires_valid (expires, valid)',
      'ix_token_trust_id (trust_id)',
      'ix_token_user_id (user_id)',
    ],
  },
} satisfies Tables;
