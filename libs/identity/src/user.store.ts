import { unfold, type Database } from '@keystone/database';
import { ACCOUNT, ACCOUNTS } from './account.store.ts';
import type { AccountRow } from './account.ts';
import { markerNotFound, rowsFor, type PageBounds } from './page.ts';
import { every, oneOf, select, sql, type Sql } from './sql.ts';
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
  const ids = rows.map(({ id }) => id);
  const stored =
    ids.length === 0
      ? []
      : await select<StoredOption & { user_id: string }>(
          manager,
          sql`SELECT user_id, option_id, option_value FROM user_option WHERE user_id IN ${oneOf(ids)}`,
        );
  const of = Map.groupBy(stored, ({ user_id }) => user_id);
  return rows.map(({ extra, ...account }) => ({
    account,
    options: optionsOf(of.get(account.id) ?? []),
    extra: unfold<Record<string, unknown>>({ extra }),
  }));
}

const usersWhere = async (tail: Sql, database: Database): Promise<StoredUser[]> =>
  withOptions(
    await select<UserRow>(database.manager, sql`SELECT ${ACCOUNT}, u.extra FROM ${ACCOUNTS} ${tail}`),
    database,
  );

async function afterMarker(marker: string | undefined, { manager }: Database): Promise<Sql[]> {
  if (marker === undefined) return [];
  const rows = await select<{ id: string }>(manager, sql`SELECT id FROM \`user\` WHERE id = ${marker}`);
  const { id } = rows[0] ?? markerNotFound(marker);
  return [sql`u.id > ${id}`];
}

export type UserStore = ReturnType<typeof userStore>;

export const userStore = (database: Database) => ({
  find: async (id: string): Promise<StoredUser | undefined> => (await usersWhere(sql`WHERE u.id = ${id}`, database))[0],

  /** One page by id. @throws 404 for a marker that is none */
  async page(where: Sql, bounds: PageBounds, filtered: boolean): Promise<StoredUser[]> {
    const conditions = every([where, ...(await afterMarker(bounds.marker, database))]);
    return usersWhere(sql`WHERE ${conditions} ORDER BY u.id LIMIT ${rowsFor(bounds, filtered)}`, database);
  },

  /** @param most null for all */
  members: (groupId: string, where: Sql, most: number | null): Promise<StoredUser[]> =>
    usersWhere(
      sql`WHERE u.id IN (SELECT m.user_id FROM user_group_membership m WHERE m.group_id = ${groupId})
      AND ${where} ORDER BY u.id ${most === null ? sql`` : sql`LIMIT ${most}`}`,
      database,
    ),

  federatedIdentities: (userId: string): Promise<FederatedIdentity[]> =>
    select(
      database.manager,
      sql`SELECT idp_id, protocol_id, unique_id FROM federated_user WHERE user_id = ${userId} ORDER BY id`,
    ),
});
