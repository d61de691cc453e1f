import type { DomainRef, Subject, Trust } from '@keystone/contracts';
import { KeystoneError, notFound } from '@keystone/errors';
import type { TokenPayload } from '@keystone/fernet';
import type { Facts } from './body.ts';
import type { Known } from './known.ts';
import { rolesOf } from './token-roles.ts';
import { forbidden, TokenNotFound } from './token-error.ts';

const disabled = (what: string, id: string): never => {
  throw new KeystoneError(404, `Unable to validate token because ${what} ${id} is disabled`);
};

function domainOf(id: string, { domains, project, domain }: Known): DomainRef {
  const known = domains.get(id) ?? [domain, project?.domain].find((each) => each?.id === id);
  return known ?? notFound('domain', id);
}

const personOf = (id: string, { people }: Known): Subject => people.get(id) ?? notFound('user', id);

function checkProject(payload: TokenPayload, { project }: Known): void {
  if (!('projectId' in payload) || payload.projectId === undefined) return;
  if (!project) return notFound('project', payload.projectId);
  if (!project.enabled) disabled('project', project.id);
  if (!project.domain.enabled) disabled('domain', project.domain.id);
}

/** Enabled, and in a domain that is. */
function isActive(id: string, known: Known): boolean {
  const subject = known.people.get(id);
  return Boolean(subject?.enabled && domainOf(subject.domain_id, known).enabled);
}

/** The trust as it stands (trust/core.py, get_trust). @param now seconds since the epoch */
function trustOf(trustId: string, known: Known, now: number): Trust {
  const trust = known.trust?.trust;
  if (!trust || (trust.expires_at !== null && now > trust.expires_at)) return notFound('trust', trustId);
  if (!trust.sound) forbidden('The trust was handed on as it may not be.');
  if (!trust.agent_user_ids.every((id) => isActive(id, known))) {
    forbidden('One of the trust agents is disabled or deleted');
  }
  return trust;
}

/** Who takes part in a trust may still do so (token_model.py, _validate_token_user). */
function checkTrust(payload: TokenPayload, known: Known, now: number): void {
  if (payload.kind !== 'trust') return;
  const trust = trustOf(payload.trustId, known, now);
  if (trust.trustee_user_id !== payload.userId) forbidden('User is not a trustee.');
  const trustee = personOf(payload.userId, known);
  const trustor = personOf(trust.trustor_user_id, known);
  if (!domainOf(trustor.domain_id, known).enabled) throw new TokenNotFound('Trustor domain is disabled.');
  if (!domainOf(trustee.domain_id, known).enabled) throw new TokenNotFound('Trustee domain is disabled.');
  if (!trustor.enabled) forbidden('Trustor is disabled.');
}

/**
 * What a token comes to now, refused as Python refuses it and in its order: the project, who takes part, the user's
 * domain, the roles (models/token_model.py, mint).
 *
 * @param now seconds since the epoch
 * @throws TokenNotFound, 404 and 403
 */
export function mint(payload: TokenPayload, known: Known, now: number): Facts {
  checkProject(payload, known);
  checkTrust(payload, known, now);
  const subject = personOf(payload.userId, known);
  const userDomain = domainOf(subject.domain_id, known);
  if (!userDomain.enabled) disabled('domain', userDomain.id);
  const { project, domain, serviceProviders } = known;
  if ('domainId' in payload && payload.domainId !== undefined && !domain) return notFound('domain', payload.domainId);
  const trust = known.trust?.trust;
  const trustor = trust ? personOf(trust.trustor_user_id, known) : null;
  return {
    payload,
    subject,
    userDomain,
    project,
    domain,
    roles: rolesOf(payload, subject, known),
    catalog: known.catalog?.entries ?? null,
    serviceProviders,
    trust: trust && trustor ? { trust, trustor, trustorDomain: domainOf(trustor.domain_id, known) } : null,
    applicationCredential: known.applicationCredential ?? null,
    accessToken: known.accessToken ?? null,
  };
}
