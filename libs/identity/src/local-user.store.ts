import { timeText, type EntityManager, type UtcTime } from '@keystone/database';
import { execute, select, sql } from './sql.ts';

export interface NewUser {
  id: string;
  domainId: string;
  name: string;
  createdAt: UtcTime;
  /** A day; null where nobody asks when users were last active. */
  lastActiveAt: string | null;
}

/**
 * A user of this database, enabled and without a password. Belongs into a transaction.
 * @returns the id of his row in `local_user`
 * @throws StatementError `duplicate` where the domain has one of that name
 */
export async function addLocalUser(tx: EntityManager, user: NewUser): Promise<number> {
  const { id, domainId, name, createdAt, lastActiveAt } = user;
  await execute(
    tx,
    sql`INSERT INTO \`user\` (id, domain_id, enabled, extra, created_at, last_active_at)
    VALUES (${id}, ${domainId}, 1, '{}', ${timeText.to(createdAt)}, ${lastActiveAt})`,
  );
  await execute(
    tx,
    sql`INSERT INTO local_user (user_id, domain_id, name, failed_auth_count) VALUES (${id}, ${domainId}, ${name}, 0)`,
  );
  const rows = await select<{ id: number }>(tx, sql`SELECT id FROM local_user WHERE user_id = ${id}`);
  if (!rows[0]) throw new Error('The row of local_user that was just written is not there.');
  return rows[0].id;
}

/** Enables a user and forgets his failed logins (sql_model.py, User.enabled). @param lastActiveAt a day; null leaves it */
export async function enableLocalUser(tx: EntityManager, userId: string, lastActiveAt: string | null): Promise<void> {
  await execute(
    tx,
    sql`UPDATE \`user\` SET enabled = 1, last_active_at = COALESCE(${lastActiveAt}, last_active_at) WHERE id = ${userId}`,
  );
  await execute(tx, sql`UPDATE local_user SET failed_auth_count = 0, failed_auth_at = NULL WHERE user_id = ${userId}`);
}
