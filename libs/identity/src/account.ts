import type { Config } from '@keystone/config';
import type { UtcTime } from '@keystone/database';
import { dayOf, daysBetween, fromMs, momentOf, naive } from './time.ts';
import type { UserOptions } from './user-option.ts';

/** What the database says of a user's account, as stored. */
export interface AccountRow {
  id: string;
  domain_id: string;
  default_project_id: string | null;
  enabled: number | null;
  created_at: string | null;
  last_active_at: string | null;
  local_name: string | null;
  nonlocal_name: string | null;
  federated_name: string | null;
  expires_at: string | null;
  expires_at_int: number | string | null;
}

/** What decides about an account besides its row. `now` in milliseconds since the epoch. */
export interface Circumstances {
  config: Config;
  now: number;
}

/** The name of a user wherever it comes from; null for one that has none (sql_model.py, User.name). */
export const nameOf = ({ local_name, nonlocal_name, federated_name }: AccountRow): string | null =>
  local_name ?? nonlocal_name ?? federated_name;

/**
 * Whether the user is enabled: not, too, after `disable_user_account_days_inactive` days without a login
 * (sql_model.py, User.enabled). Null where the column is, which counts as disabled.
 */
export function enabledNow(row: AccountRow, options: UserOptions, { config, now }: Circumstances): boolean | null {
  if (!row.enabled) return row.enabled === null ? null : false;
  const most = config.security_compliance.disable_user_account_days_inactive;
  const lastActive = row.last_active_at ?? row.created_at?.slice(0, 10);
  if (!most || !lastActive || options['ignore_user_inactivity']) return true;
  return daysBetween(lastActive, dayOf(now)) < most;
}

export const passwordExpiry = ({ expires_at, expires_at_int }: AccountRow): UtcTime | null =>
  momentOf(expires_at_int, expires_at);

/** Whether the password must be changed before it is good again (sql_model.py, User.password_is_expired). */
export function passwordExpired(row: AccountRow, options: UserOptions, now: number): boolean {
  const expiry = passwordExpiry(row);
  return expiry !== null && !options['ignore_password_expiry'] && fromMs(now) >= expiry;
}

/** `password_expires_at` as the API shows it. */
export function shownExpiry(row: AccountRow): string | null {
  const expiry = passwordExpiry(row);
  return expiry && naive(expiry);
}
