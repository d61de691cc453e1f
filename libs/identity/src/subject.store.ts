import type { Database } from '@keystone/database';
import { ACCOUNT, ACCOUNTS } from './account.store.ts';
import type { AccountRow } from './account.ts';
import type { ExpiringMembership } from './membership.ts';
import { select, sql, type Sql } from './sql.ts';
import type { StoredOption } from './user-option.ts';

/** A user who logs in, or whose token is looked at. */
export interface SubjectRow extends AccountRow {
  /** Null for users of other places than this database. */
  local_id: number | null;
  failed_auth_count: number | null;
  failed_auth_at: string | null;
  password_hash: string | null;
}

export interface ServiceProvider {
  id: string;
  auth_url: string;
  sp_url: string;
}

/** What belongs to a user, and what every token shows. */
export interface Surroundings {
  options: StoredOption[];
  groupIds: string[];
  expiring: (ExpiringMembership & { group_id: string })[];
  serviceProviders: ServiceProvider[];
}

/** By id any user; by name a local one, as Python finds them (identity/backends/sql.py). */
export type SubjectKey = { id: string } | { name: string; domain_id: string };

type SurroundingRow = StoredOption &
  ServiceProvider &
  ExpiringMembership & { kind: 'option' | 'group' | 'expiring' | 'provider'; group_id: string };

// A column for each thing: texts of tables with different collations must not meet in one.
const surroundingsOf = (userId: string): Sql => sql`
  SELECT 'option' AS kind, option_id, option_value, NULL AS group_id, NULL AS last_verified, NULL AS authorization_ttl,
    NULL AS id, NULL AS auth_url, NULL AS sp_url FROM user_option WHERE user_id = ${userId}
  UNION ALL SELECT 'group', NULL, NULL, group_id, NULL, NULL, NULL, NULL, NULL
    FROM user_group_membership WHERE user_id = ${userId}
  UNION ALL SELECT 'expiring', NULL, NULL, m.group_id, m.last_verified, i.authorization_ttl, NULL, NULL, NULL
    FROM expiring_user_group_membership m JOIN identity_provider i ON i.id = m.idp_id WHERE m.user_id = ${userId}
  UNION ALL SELECT 'provider', NULL, NULL, NULL, NULL, NULL, id, auth_url, sp_url
    FROM service_provider WHERE enabled = 1`;

export type SubjectStore = ReturnType<typeof subjectStore>;

export const subjectStore = ({ manager }: Database) => ({
  async find(key: SubjectKey): Promise<SubjectRow | undefined> {
    const where = 'id' in key ? sql`u.id = ${key.id}` : sql`l.domain_id = ${key.domain_id} AND l.name = ${key.name}`;
    const rows = await select<SubjectRow>(
      manager,
      sql`SELECT ${ACCOUNT}, l.id AS local_id, l.failed_auth_count, l.failed_auth_at, p.password_hash
      FROM ${ACCOUNTS} WHERE ${where}`,
    );
    return rows[0];
  },

  async surroundings(userId: string): Promise<Surroundings> {
    const rows = await select<SurroundingRow>(manager, surroundingsOf(userId));
    const of = (kind: SurroundingRow['kind']) => rows.filter((row) => row.kind === kind);
    return {
      options: of('option'),
      groupIds: of('group').map(({ group_id }) => group_id),
      expiring: of('expiring'),
      serviceProviders: of('provider').map(({ id, auth_url, sp_url }) => ({ id, auth_url, sp_url })),
    };
  },
});
