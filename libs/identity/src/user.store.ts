import { unfold, type Database } from '@keystone/database';
import { ACCOUNT, ACCOUNTS, accountsOf } from './account.store.ts';
import type { AccountRow } from './account.ts';
import { markerNotFound, rowsFor, type PageBounds } from './page.ts';
import { every, inBatches, oneOf, select, sql, type Sql } from './sql.ts';
import type { UserFilter } from './user-filter.ts';
import { optionsOf, type StoredOption, type UserOptions } from './user-option.ts';

/** A user as stored: his account, his options, and what there is no column for. */
export interface StoredUser {
  account: AccountRow;
  options: UserOptions;
  extra: Record<string, unknown>;
}

/** How an identity provider knows a user. */
export interface FederatedIdentity {
  idp_id: string;
  protocol_id: string;
  unique_id: string;
}

type UserRow = AccountRow & { extra: string | null };

async function withOptions(rows: readonly UserRow[], { manager }: Database): Promise<StoredUser[]> {
  const stored = await inBatches(
    rows.map(({ id }) => id),
    (ids) =>
      select<StoredOption & { user_id: string }>(
        manager,
        sql`SELECT user_id, option_id, option_value FROM user_option WHERE user_id IN ${oneOf(ids)}`,
      ),
  );
  const of = Map.groupBy(stored, ({ user_id }) => user_id);
  return rows.map(({ extra, ...account }) => ({
    account,
    options: optionsOf(of.get(account.id) ?? []),
    extra: unfold<Record<string, unknown>>({ extra }),
  }));
}

const usersFrom = async (source: Sql, database: Database): Promise<StoredUser[]> =>
  withOptions(await select<UserRow>(database.manager, sql`SELECT ${ACCOUNT}, u.extra FROM ${source}`), database);

/** By id. Who it is that is asked for comes first, and then what there is of each. @param most null for all */
const usersBy = ({ from, id }: Source, where: Sql, most: number | null) => {
  const limit = most === null ? sql`` : sql`LIMIT ${most}`;
  return sql`${accountsOf(sql`SELECT ${id} AS user_id FROM ${from} WHERE ${where} ORDER BY ${id} ${limit}`)} ORDER BY u.id`;
};

async function afterMarker(marker: string | undefined, { manager }: Database): Promise<Sql[]> {
  if (marker === undefined) return [];
  const rows = await select<{ id: string }>(manager, sql`SELECT id FROM \`user\` WHERE id = ${marker}`);
  const { id } = rows[0] ?? markerNotFound(marker);
  return [sql`u.id > ${id}`];
}

type Source = Pick<UserFilter, 'from' | 'id'>;

export type UserStore = ReturnType<typeof userStore>;

export const userStore = (database: Database) => ({
  find: async (id: string): Promise<StoredUser | undefined> =>
    (await usersFrom(sql`${ACCOUNTS} WHERE u.id = ${id}`, database))[0],

  /** One page. @throws 404 for a marker that is none */
  async page(source: Source, where: Sql, { bounds, filtered }: { bounds: PageBounds; filtered: boolean }) {
    const conditions = every([where, ...(await afterMarker(bounds.marker, database))]);
    return usersFrom(usersBy(source, conditions, rowsFor(bounds, filtered)), database);
  },

  /** Those in a group. @param most null for all */
  members(
    groupId: string,
    source: Source,
    { where, most }: { where: Sql; most: number | null },
  ): Promise<StoredUser[]> {
    const member = sql`u.id IN (SELECT m.user_id FROM user_group_membership m WHERE m.group_id = ${groupId})`;
    return usersFrom(usersBy(source, every([member, where]), most), database);
  },

  federatedIdentities: (userId: string): Promise<FederatedIdentity[]> =>
    select(
      database.manager,
      sql`SELECT idp_id, protocol_id, unique_id FROM federated_user WHERE user_id = ${userId} ORDER BY id`,
    ),
});
