import type { Facts } from './body.ts';

/** A row of `revocation_event`: a token is revoked when every column that is set equals the token's. */
export interface RevocationEvent {
  domain_id: string | null;
  project_id: string | null;
  user_id: string | null;
  role_id: string | null;
  trust_id: string | null;
  consumer_id: string | null;
  /** Seconds since the epoch. */
  expires_at: number | null;
  audit_id: string | null;
  audit_chain_id: string | null;
}

/**
 * What the database has not compared yet (models/revoke_model.py matches). For a project token Python forgets the
 * project's domain before it compares, so an event by domain does not reach it; nor does it here.
 */
export function matches(event: RevocationEvent, facts: Facts): boolean {
  const { payload, userDomain, domain, roles, accessToken } = facts;
  const scopeDomain = domain?.id ?? null;
  const chain = payload.auditIds[1] ?? null;
  const byScope = event.domain_id !== null && event.expires_at !== null;
  if (byScope && event.domain_id !== scopeDomain) return false;
  if (!byScope && event.domain_id !== null && event.domain_id !== userDomain.id && event.domain_id !== scopeDomain)
    return false;
  if (event.expires_at !== null && event.expires_at !== Math.floor(payload.expiresAt)) return false;
  if (event.trust_id !== null && !(payload.kind === 'trust' && payload.trustId === event.trust_id)) return false;
  if (event.consumer_id !== null && event.consumer_id !== accessToken?.consumer_id) return false;
  if (event.audit_chain_id !== null && event.audit_chain_id !== chain) return false;
  return event.role_id === null || roles.some(({ id }) => id === event.role_id);
}
