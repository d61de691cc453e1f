import { timeText, type UtcTime } from '@keystone/database';
import { fromMs, toMs } from './time.ts';

const MINUTE_MS = 60_000;

/** A membership that a mapping gave, and the identity provider's own `authorization_ttl`, in minutes. */
export interface ExpiringMembership {
  last_verified: string;
  authorization_ttl: number | null;
}

/**
 * When it ends: so many minutes after the last login as the identity provider says, else
 * `[federation] default_authorization_ttl` (sql_model.py, ExpiringUserGroupMembership.expires).
 */
export function membershipEnd({ last_verified, authorization_ttl }: ExpiringMembership, defaultTtl: number): UtcTime {
  const verified = timeText.from(last_verified);
  const end = fromMs(toMs(verified) + (authorization_ttl || defaultTtl) * MINUTE_MS);
  // Minutes added change nothing behind the seconds, and there is more than milliseconds there.
  return end.slice(0, 19) + verified.slice(19);
}
