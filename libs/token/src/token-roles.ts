import type { RoleRef, Subject, Trust } from '@keystone/contracts';
import { KeystoneError, notFound } from '@keystone/errors';
import type { TokenPayload } from '@keystone/fernet';
import { isFederated, type Known, type TrustAnswer } from './known.ts';
import { effectiveRoles, scopeOf } from './scope.ts';
import { forbidden, TokenNotFound } from './token-error.ts';

/** Those of an application credential that its owner still holds (_get_application_credential_roles). */
function ofCredential(id: string, held: readonly RoleRef[], known: Known): RoleRef[] {
  const { applicationCredential, askedRoles, impliedRoles } = known;
  if (!applicationCredential) return notFound('Application Credential', id);
  // What was asked for and not found is there no more; what was not asked for somebody holds.
  for (const role of applicationCredential.role_ids) {
    if (askedRoles.includes(role) && !impliedRoles.has(role)) notFound('role', role);
  }
  return held.filter((role) => applicationCredential.role_ids.includes(role.id));
}

/** Those that the user let the consumer have, and still holds (_get_oauth_roles). */
function ofAccessToken(held: readonly RoleRef[], { accessToken, impliedRoles }: Known): RoleRef[] {
  if (!accessToken) throw new KeystoneError(404, 'Access token not found');
  // Without roles of its own nothing was asked for but what was likely.
  return accessToken.role_ids.length > 0 ? held.filter(({ id }) => impliedRoles.has(id)) : [];
}

/** All that counts for a federated user: what his groups, those of the token too, and he hold there and on the system. */
function ofFederated({ group_ids }: Subject, groupIds: readonly string[], known: Known): RoleRef[] {
  const roles = [...effectiveRoles(known, [...group_ids, ...groupIds]), ...known.systemRoles];
  return [...new Map(roles.map((role) => [role.id, role])).values()];
}

function holds({ id, group_ids }: Subject, { grants }: TrustAnswer): (roleId: string) => boolean {
  const mine = grants.filter(({ user_id, group_id }) =>
    group_id === null ? user_id === id : group_ids.includes(group_id),
  );
  const held = new Set(mine.map(({ role_id }) => role_id));
  return (roleId) => held.has(roleId);
}

/** What was handed on, all of it still held by who began and by who handed it on last (_get_trust_roles). */
function ofTrust(trust: Trust, answer: TrustAnswer, { people }: Known): RoleRef[] {
  for (const id of [trust.original_trustor_user_id, trust.trustor_user_id]) {
    const person = people.get(id) ?? notFound('user', id);
    if (!trust.role_ids.every(holds(person, answer))) forbidden('Trustee has no delegated roles.');
  }
  const there = new Set(answer.roles.map(({ id }) => id));
  for (const id of trust.role_ids) if (!there.has(id)) notFound('role', id);
  return answer.roles.filter(({ domain_id }) => domain_id === null);
}

function rolesIn(payload: TokenPayload, subject: Subject, known: Known): RoleRef[] {
  const { trust } = known;
  if (payload.kind === 'trust') return trust?.trust ? ofTrust(trust.trust, trust, known) : [];
  if (isFederated(payload)) return ofFederated(subject, payload.groupIds, known);
  const held = effectiveRoles(known, subject.group_ids);
  if (payload.kind === 'oauth1') return ofAccessToken(held, known);
  if (payload.kind === 'application-credential') return ofCredential(payload.applicationCredentialId, held, known);
  return held;
}

/**
 * The roles of a token, in Python's order of refusals (models/token_model.py, roles).
 * @throws TokenNotFound where none is left in its scope; 403 where a trustor has lost one that he handed on; 404
 */
export function rolesOf(payload: TokenPayload, subject: Subject, known: Known): RoleRef[] {
  const scope = scopeOf(payload);
  if (!scope) return [];
  const roles = rolesIn(payload, subject, known);
  if (roles.length === 0) throw new TokenNotFound();
  return roles;
}
