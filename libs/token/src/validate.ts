import type { TokenBody } from '@keystone/api';
import { ask } from '@keystone/bus';
import { handOver, KeystoneError, notFound } from '@keystone/errors';
import { subjectOf, type DomainRef, type Subject } from '@keystone/contracts';
import { TokenError, type TokenPayload } from '@keystone/fernet';
import { withKeys } from '@keystone/keys';
import { tokenBody, type Facts } from './body.ts';
import type { TokenDeps } from './deps.ts';
import { requireFernet } from './provider.ts';
import { matches } from './revocation.ts';
import { authorityOn, catalogOf, domainById, effectiveRoles, scopeOf, type Authority } from './scope.ts';
import { TokenNotFound } from './token-error.ts';

export interface Validated {
  payload: TokenPayload;
  subject: Subject;
  userDomain: DomainRef;
  body: TokenBody;
}

export interface ValidationOptions {
  /** Seconds past its expiry for which a token still counts (`allow_expired`). */
  window?: number;
  catalog?: boolean;
}

/** Kinds of token whose validation is Python's for now. */
const SERVED_HERE = new Set<TokenPayload['kind']>(['unscoped', 'project', 'domain', 'system']);

/** @throws TokenNotFound for text that is no token of ours, after another look for the key that signed it */
export function readToken(text: string, { tokens, tokenKeys }: TokenDeps): TokenPayload {
  try {
    return withKeys(tokenKeys, (keys) => tokens().decode(text, keys));
  } catch (error) {
    if (error instanceof TokenError) throw new TokenNotFound('Could not recognize Fernet token');
    throw error;
  }
}

const gone = (what: string, id: string): never => {
  throw new KeystoneError(404, `Unable to validate token because ${what} ${id} is disabled`);
};

/** Python's order: the scope's resources, then the user's domain, then the roles (token_model.py mint). */
function checkScope(payload: TokenPayload, { project, domain }: Authority, userDomain: DomainRef): void {
  if (payload.kind === 'project') {
    if (!project) return notFound('project', payload.projectId);
    if (!project.enabled) gone('project', project.id);
    if (!project.domain.enabled) gone('domain', project.domain.id);
  }
  if (payload.kind === 'domain' && !domain) notFound('domain', payload.domainId);
  if (!userDomain.enabled) gone('domain', userDomain.id);
}

async function lookUp(payload: TokenPayload, catalog: boolean, deps: TokenDeps) {
  const scope = scopeOf(payload);
  const { userId } = payload;
  const [{ subject, service_providers }, authority, entries, events] = await Promise.all([
    ask(deps.bus, subjectOf, { user_id: userId }),
    authorityOn(userId, scope, deps),
    catalogOf(userId, scope, catalog, deps),
    deps.revocations.thatMayMatch(payload),
  ]);
  if (!subject) return notFound('user', userId);
  const known = [authority.domain, authority.project?.domain];
  const userDomain = (await domainById(subject.domain_id, known, deps)) ?? notFound('domain', subject.domain_id);
  checkScope(payload, authority, userDomain);
  const roles = effectiveRoles(authority, subject.group_ids);
  if (scope && roles.length === 0) throw new TokenNotFound();
  const { project, domain } = authority;
  const facts: Facts = {
    payload,
    subject,
    userDomain,
    project,
    domain,
    roles,
    catalog: entries,
    serviceProviders: service_providers,
  };
  return { facts, events };
}

/**
 * Reads through: everything that may have changed since the token was issued is asked anew.
 *
 * @throws TokenNotFound (404) for a token that is no good; 404 where its user, project or domain is gone or disabled
 */
export async function validate(
  text: string | undefined,
  options: ValidationOptions,
  deps: TokenDeps,
): Promise<Validated> {
  if (!text) throw new TokenNotFound('No token in the request');
  requireFernet(deps.config());
  const payload = readToken(text, deps);
  if (!SERVED_HERE.has(payload.kind)) handOver(`A token of kind ${payload.kind}`);
  const { facts, events } = await lookUp(payload, options.catalog ?? true, deps);
  if (deps.now() >= Math.floor(payload.expiresAt) + (options.window ?? 0)) throw new TokenNotFound();
  if (events.some((event) => matches(event, facts))) throw new TokenNotFound();
  const { subject, userDomain } = facts;
  if (!subject.enabled) {
    // 30.0.0 leaves an event behind, so that enabling the user again does not bring the token back.
    await deps.revocations.add([{ user_id: subject.id }], deps);
    throw new TokenNotFound();
  }
  return { payload, subject, userDomain, body: tokenBody(facts, deps.config().resource) };
}
