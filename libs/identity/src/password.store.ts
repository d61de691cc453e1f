import { timeText, type EntityManager, type UtcTime } from '@keystone/database';
import { execute, oneOf, select, sql } from './sql.ts';
import { fromMicroseconds, toMicroseconds } from './time.ts';

/** A password to become a user's. */
export interface NewPassword {
  hash: string;
  createdAt: UtcTime;
  expiresAt: UtcTime | null;
}

const stored = (time: UtcTime | null) => (time === null ? null : timeText.to(time));
const microseconds = (time: UtcTime | null) => (time === null ? null : toMicroseconds(time));

/**
 * Gives a user a password (sql_model.py, User.password): of those so far some are kept and all end now. Each moment is
 * written twice, as Python reads either. Belongs into a transaction.
 *
 * @param keep how many of the passwords so far stay for the history
 */
export async function addPassword(tx: EntityManager, localId: number, made: NewPassword, keep: number): Promise<void> {
  const past = await select<{ id: number; created_at_int: number | string }>(
    tx,
    sql`SELECT id, created_at_int FROM password WHERE local_user_id = ${localId} ORDER BY created_at_int DESC, id DESC`,
  );
  const forgotten = past.slice(keep).map(({ id }) => id);
  if (forgotten.length > 0) await execute(tx, sql`DELETE FROM password WHERE id IN ${oneOf(forgotten)}`);
  const now = stored(made.createdAt);
  const nowInt = microseconds(made.createdAt);
  await execute(
    tx,
    sql`UPDATE password SET expires_at = ${now}, expires_at_int = ${nowInt} WHERE local_user_id = ${localId}
    AND (expires_at_int > ${nowInt} OR (expires_at_int IS NULL AND (expires_at IS NULL OR expires_at > ${now})))`,
  );
  // The newest is the one that counts: it must be newer than what a host with a fast clock wrote.
  const latest = Math.max(0, ...past.map(({ created_at_int }) => Number(created_at_int)));
  const createdAt = fromMicroseconds(Math.max(toMicroseconds(made.createdAt), latest + 1));
  await execute(
    tx,
    sql`INSERT INTO password
      (local_user_id, password_hash, self_service, created_at, created_at_int, expires_at, expires_at_int)
    VALUES (${localId}, ${made.hash}, 0, ${stored(createdAt)}, ${microseconds(createdAt)},
      ${stored(made.expiresAt)}, ${microseconds(made.expiresAt)})`,
  );
}
