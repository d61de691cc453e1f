import type { TokenBody } from '@keystone/api';
import type { DomainRef, Subject } from '@keystone/contracts';
import { notFound } from '@keystone/errors';
import { TokenError, type TokenPayload } from '@keystone/fernet';
import { withKeys } from '@keystone/keys';
import { tokenBody } from './body.ts';
import type { TokenDeps } from './deps.ts';
import { gather } from './gather.ts';
import { isFederated, type Known } from './known.ts';
import { mint } from './mint.ts';
import { requireFernet } from './provider.ts';
import { matches } from './revocation.ts';
import { TokenNotFound } from './token-error.ts';

export interface Validated {
  payload: TokenPayload;
  subject: Subject;
  userDomain: DomainRef;
  body: TokenBody;
  /** Made with an application credential that is good for some requests only. */
  restricted: boolean;
}

export interface ValidationOptions {
  /** Seconds past its expiry for which a token still counts (`allow_expired`). */
  window?: number;
  catalog?: boolean;
  /** Whoever asks holds requests against the access rules of an application credential; else such a token is no good. */
  accessRules?: boolean;
}

/** @throws TokenNotFound for text that is no token of ours, after another look for the key that signed it */
export function readToken(text: string, { tokens, tokenKeys }: TokenDeps): TokenPayload {
  try {
    return withKeys(tokenKeys, (keys) => tokens().decode(text, keys));
  } catch (error) {
    if (error instanceof TokenError) throw new TokenNotFound('Could not recognize Fernet token');
    throw error;
  }
}

/** What a look at the database gave. */
export interface Looked {
  validated: Validated;
  known: Known;
}

/**
 * Reads through: everything that may have changed since the token was issued is asked anew. Access rules are left to
 * whoever asks.
 *
 * @throws TokenNotFound (404) for a token that is no good; 404 where what it stands on is gone or disabled; 403 where a
 * trust does not hold any more
 */
export async function look(
  text: string | undefined,
  { window = 0, catalog = true }: Pick<ValidationOptions, 'window' | 'catalog'>,
  deps: TokenDeps,
): Promise<Looked> {
  if (!text) throw new TokenNotFound('No token in the request');
  requireFernet(deps.config());
  const payload = readToken(text, deps);
  const known = await gather(payload, catalog, deps);
  const facts = mint(payload, known, deps.now());
  if (deps.now() >= Math.floor(payload.expiresAt) + window) throw new TokenNotFound();
  if (known.events?.found.some((event) => matches(event, facts))) throw new TokenNotFound();
  const { subject, userDomain } = facts;
  if (!subject.enabled) {
    // 30.0.0 leaves an event behind, so that enabling the user again does not bring the token back.
    await deps.revocations.add([{ user_id: subject.id }], deps);
    throw new TokenNotFound();
  }
  if (isFederated(payload) && !known.identityProvider) return notFound('Identity Provider', payload.idpId);
  const restricted = Boolean(facts.applicationCredential?.access_rules);
  const validated = { payload, subject, userDomain, body: tokenBody(facts, deps.config().resource), restricted };
  return { validated, known };
}

/** @throws as {@link look}; TokenNotFound, too, for a token with access rules where nobody holds requests against them */
export async function validate(
  text: string | undefined,
  options: ValidationOptions,
  deps: TokenDeps,
): Promise<Validated> {
  const { validated } = await look(text, options, deps);
  if (validated.restricted && !options.accessRules) throw new TokenNotFound();
  return validated;
}
