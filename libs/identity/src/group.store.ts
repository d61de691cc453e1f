import type { Filter } from '@keystone/api';
import { unfold, type Database } from '@keystone/database';
import { divide, type FilterColumns } from './filter.ts';
import type { ExpiringMembership } from './membership.ts';
import { markerNotFound, rowsFor, type PageBounds } from './page.ts';
import { every, select, sql, type Sql } from './sql.ts';

/** A group without its links; what it has no column for is among its members. */
export interface Group {
  id: string;
  name: string;
  domain_id: string;
  description: string | null;
  [extra: string]: unknown;
}

type GroupRow = Pick<Group, 'id' | 'name' | 'domain_id' | 'description'> & { extra: string | null };

/** A group that a user is in, and what says until when; null where nothing does. */
export interface Membership {
  group: Group;
  expiring: ExpiringMembership | null;
}

/** Null twice for a membership that does not end. */
interface MembershipRow {
  last_verified: string | null;
  authorization_ttl: number | null;
}

const ending = ({ last_verified, authorization_ttl }: MembershipRow): ExpiringMembership | null =>
  last_verified === null ? null : { last_verified, authorization_ttl };

const COLUMNS: FilterColumns = {
  domain_id: { column: sql`g.domain_id`, length: 64 },
  name: { column: sql`g.name`, length: 64 },
};

const GROUP = sql`g.id, g.name, g.domain_id, g.description, g.extra`;

/** What the database decides of a list's filters, and what is left for the rows it finds. */
export const groupFilter = (filters: readonly Filter[]) => divide(filters, COLUMNS);

async function afterMarker(marker: string | undefined, { manager }: Database): Promise<Sql[]> {
  if (marker === undefined) return [];
  const rows = await select<{ id: string }>(manager, sql`SELECT id FROM \`group\` WHERE id = ${marker}`);
  const { id } = rows[0] ?? markerNotFound(marker);
  return [sql`g.id > ${id}`];
}

const groupsWhere = async (tail: Sql, { manager }: Database): Promise<Group[]> =>
  (await select<GroupRow>(manager, sql`SELECT ${GROUP} FROM \`group\` g ${tail}`)).map((row) => unfold<Group>(row));

export type GroupStore = ReturnType<typeof groupStore>;

export const groupStore = (database: Database) => ({
  find: async (id: string): Promise<Group | undefined> => (await groupsWhere(sql`WHERE g.id = ${id}`, database))[0],

  /** One page by id. @throws 404 for a marker that is none */
  async page(where: Sql, bounds: PageBounds, filtered: boolean): Promise<Group[]> {
    const conditions = every([where, ...(await afterMarker(bounds.marker, database))]);
    return groupsWhere(sql`WHERE ${conditions} ORDER BY g.id LIMIT ${rowsFor(bounds, filtered)}`, database);
  },

  /** The groups that a user was put in or that a mapping put him in, ended or not, by id. */
  async memberships(userId: string, where: Sql): Promise<Membership[]> {
    const rows = await select<GroupRow & MembershipRow>(
      database.manager,
      sql`SELECT ${GROUP}, NULL AS last_verified, NULL AS authorization_ttl
        FROM user_group_membership m JOIN \`group\` g ON g.id = m.group_id WHERE m.user_id = ${userId} AND ${where}
      UNION ALL SELECT ${GROUP}, m.last_verified, i.authorization_ttl
        FROM expiring_user_group_membership m JOIN \`group\` g ON g.id = m.group_id
        JOIN identity_provider i ON i.id = m.idp_id WHERE m.user_id = ${userId} AND ${where}
      ORDER BY id`,
    );
    return rows.map(({ last_verified, authorization_ttl, ...row }) => ({
      group: unfold<Group>(row),
      expiring: ending({ last_verified, authorization_ttl }),
    }));
  },

  /** How a user is in a group: null for good, else by a mapping; empty where he is not. */
  async membershipsIn(groupId: string, userId: string): Promise<(ExpiringMembership | null)[]> {
    const rows = await select<MembershipRow>(
      database.manager,
      sql`SELECT NULL AS last_verified, NULL AS authorization_ttl FROM user_group_membership
        WHERE user_id = ${userId} AND group_id = ${groupId}
      UNION ALL SELECT m.last_verified, i.authorization_ttl FROM expiring_user_group_membership m
        JOIN identity_provider i ON i.id = m.idp_id WHERE m.user_id = ${userId} AND m.group_id = ${groupId}`,
    );
    return rows.map(ending);
  },
});
