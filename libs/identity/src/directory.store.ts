import type { Database } from '@keystone/database';
import { ACCOUNTS, ACCOUNT } from './account.store.ts';
import { nameOf, type AccountRow } from './account.ts';
import { inBatches, oneOf, select, sql } from './sql.ts';

export interface Named {
  id: string;
  name: string;
  domain_id: string;
}

export interface Member {
  group_id: string;
  user_id: string;
}

export type DirectoryStore = ReturnType<typeof directoryStore>;

/** What others ask in bulk about users and groups. Who is not there is left out. */
export const directoryStore = ({ manager }: Database) => ({
  users: (ids: readonly string[]): Promise<Named[]> =>
    inBatches(ids, async (some) => {
      const rows = await select<AccountRow>(
        manager,
        sql`SELECT ${ACCOUNT} FROM ${ACCOUNTS} WHERE u.id IN ${oneOf(some)}`,
      );
      return rows.map((row) => ({ id: row.id, name: nameOf(row) ?? '', domain_id: row.domain_id }));
    }),

  groups: (ids: readonly string[]): Promise<Named[]> =>
    inBatches(ids, (some) =>
      select<Named>(manager, sql`SELECT id, name, domain_id FROM \`group\` WHERE id IN ${oneOf(some)}`),
    ),

  members: (groupIds: readonly string[]): Promise<Member[]> =>
    inBatches(groupIds, (some) =>
      select<Member>(
        manager,
        sql`SELECT group_id, user_id FROM user_group_membership WHERE group_id IN ${oneOf(some)}`,
      ),
    ),
});
