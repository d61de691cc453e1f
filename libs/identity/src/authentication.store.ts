import { timeText, type Database, type UtcTime } from '@keystone/database';
import { execute, select, sql } from './sql.ts';

export interface Failures {
  failed_auth_count: number | null;
  failed_auth_at: string | null;
}

export type AuthenticationStore = ReturnType<typeof authenticationStore>;

/** What a login leaves behind. Each is one statement, so that parallel logins lose nothing of each other's. */
export const authenticationStore = ({ manager }: Database) => ({
  /**
   * One more failed attempt; the first one again where those before are over.
   * @param over the lockout that began then, or earlier, has ended; null where none ever does
   */
  recordFailure: (localId: number, at: UtcTime, over: { most: number; since: UtcTime } | null) =>
    execute(
      manager,
      // The count before the time: MySQL assigns one after the other.
      over
        ? sql`UPDATE local_user SET failed_auth_count = CASE
            WHEN failed_auth_count >= ${over.most} AND failed_auth_at <= ${timeText.to(over.since)} THEN 1
            ELSE COALESCE(failed_auth_count, 0) + 1 END,
          failed_auth_at = ${timeText.to(at)} WHERE id = ${localId}`
        : sql`UPDATE local_user SET failed_auth_count = COALESCE(failed_auth_count, 0) + 1,
          failed_auth_at = ${timeText.to(at)} WHERE id = ${localId}`,
    ),

  async failures(localId: number): Promise<Failures> {
    const rows = await select<Failures>(
      manager,
      sql`SELECT failed_auth_count, failed_auth_at FROM local_user WHERE id = ${localId}`,
    );
    return rows[0] ?? { failed_auth_count: null, failed_auth_at: null };
  },

  forgetFailures: (localId: number) =>
    execute(manager, sql`UPDATE local_user SET failed_auth_count = 0, failed_auth_at = NULL WHERE id = ${localId}`),

  active: (userId: string, day: string) =>
    execute(manager, sql`UPDATE \`user\` SET last_active_at = ${day} WHERE id = ${userId}`),
});
