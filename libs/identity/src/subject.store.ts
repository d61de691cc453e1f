import type { Database } from '@keystone/database';
import { ACCOUNT, ACCOUNTS } from './account.store.ts';
import type { AccountRow } from './account.ts';
import type { ExpiringMembership } from './membership.ts';
import { oneOf, select, sql } from './sql.ts';
import { unionOf, type Branch } from './union.ts';
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

export type SurroundingRow = Omit<ServiceProvider, 'id'> &
  StoredOption &
  ExpiringMembership & {
    kind: string;
    option_user: string;
    member: string;
    group_id: string;
    expiring_member: string;
    expiring_group: string;
    provider_id: string;
  };

// A column for each thing: texts of tables with different collations must not meet in one.
export const surroundingsOf = (userIds: readonly string[]): Branch[] => [
  {
    kind: 'option',
    columns: { option_user: sql`user_id`, option_id: sql`option_id`, option_value: sql`option_value` },
    from: sql`user_option WHERE user_id IN ${oneOf(userIds)}`,
  },
  {
    kind: 'group',
    columns: { member: sql`user_id`, group_id: sql`group_id` },
    from: sql`user_group_membership WHERE user_id IN ${oneOf(userIds)}`,
  },
  {
    kind: 'expiring',
    columns: {
      expiring_member: sql`m.user_id`,
      expiring_group: sql`m.group_id`,
      last_verified: sql`m.last_verified`,
      authorization_ttl: sql`i.authorization_ttl`,
    },
    from: sql`expiring_user_group_membership m JOIN identity_provider i ON i.id = m.idp_id
      WHERE m.user_id IN ${oneOf(userIds)}`,
  },
  {
    kind: 'provider',
    columns: { provider_id: sql`id`, auth_url: sql`auth_url`, sp_url: sql`sp_url` },
    from: sql`service_provider WHERE enabled = 1`,
  },
];

/** What of the rows is a user's. */
export function surroundingsFrom(rows: readonly SurroundingRow[], userId: string): Surroundings {
  const of = (kind: string) => rows.filter((row) => row.kind === kind);
  const options = of('option').filter(({ option_user }) => option_user === userId);
  const groups = of('group').filter(({ member }) => member === userId);
  const expiring = of('expiring').filter(({ expiring_member }) => expiring_member === userId);
  return {
    options: options.map(({ option_id, option_value }) => ({ option_id, option_value })),
    groupIds: groups.map(({ group_id }) => group_id),
    expiring: expiring.map(({ expiring_group, last_verified, authorization_ttl }) => ({
      group_id: expiring_group,
      last_verified,
      authorization_ttl,
    })),
    serviceProviders: of('provider').map(({ provider_id, auth_url, sp_url }) => ({
      id: provider_id,
      auth_url,
      sp_url,
    })),
  };
}

const SUBJECTS = sql`SELECT ${ACCOUNT}, l.id AS local_id, l.failed_auth_count, l.failed_auth_at, p.password_hash
  FROM ${ACCOUNTS}`;

export type SubjectStore = ReturnType<typeof subjectStore>;

export const subjectStore = ({ manager }: Database) => ({
  async find(key: SubjectKey): Promise<SubjectRow | undefined> {
    const where = 'id' in key ? sql`u.id = ${key.id}` : sql`l.domain_id = ${key.domain_id} AND l.name = ${key.name}`;
    const rows = await select<SubjectRow>(manager, sql`${SUBJECTS} WHERE ${where}`);
    return rows[0];
  },

  findAll: (ids: readonly string[]): Promise<SubjectRow[]> =>
    select<SubjectRow>(manager, sql`${SUBJECTS} WHERE u.id IN ${oneOf(ids)}`),

  async surroundings(userId: string): Promise<Surroundings> {
    const rows = await select<SurroundingRow>(manager, unionOf(surroundingsOf([userId])));
    return surroundingsFrom(rows, userId);
  },
});
