import { randomBytes } from 'node:crypto';
import { unauthorized } from '@keystone/errors';
import type { Scope } from '@keystone/contracts';
import type { TokenPayload } from '@keystone/fernet';
import { tokenBody, type Facts } from './body.ts';
import type { TokenDeps } from './deps.ts';
import { gather } from './gather.ts';
import { nothing, type Federation, type Known } from './known.ts';
import type { Login } from './login.ts';
import { mint } from './mint.ts';
import { authorityOn, effectiveRoles } from './scope.ts';
import { forbidden, TokenNotFound } from './token-error.ts';

const auditId = () => randomBytes(16).toString('base64url');

const inScope = (scope: Scope | null) => {
  if (!scope) return { kind: 'unscoped' as const };
  if ('project_id' in scope) return { kind: 'project' as const, projectId: scope.project_id };
  return 'domain_id' in scope
    ? { kind: 'domain' as const, domainId: scope.domain_id }
    : { kind: 'system' as const, system: 'all' as const };
};

function federatedIn(scope: Scope | null, federation: Federation) {
  const where = inScope(scope);
  // Python has no kind for that, and falls over it.
  if (where.kind === 'system') return forbidden('A federated token cannot be scoped to the system.');
  return { ...federation, ...where, kind: `federated-${where.kind}` };
}

/** In the order that the token itself will give them when it is read: the last configured first. */
const inTokenOrder = (methods: readonly string[], configured: readonly string[]) =>
  [...methods].sort((a, b) => configured.indexOf(b) - configured.indexOf(a));

function payloadFor(
  { subject, methods, inherited, federation }: Login,
  scope: Scope | null,
  deps: TokenDeps,
): TokenPayload {
  const { token, auth } = deps.config();
  const issuedAt = Math.floor(deps.now());
  return {
    userId: subject.id,
    methods: inTokenOrder(methods, auth.methods),
    // An exchanged token keeps its expiry, or it could be renewed for ever.
    expiresAt: inherited?.expiresAt ?? issuedAt + token.expiration,
    auditIds: inherited?.parentAuditId ? [auditId(), inherited.parentAuditId] : [auditId()],
    issuedAt,
    ...(federation ? federatedIn(scope, federation) : inScope(scope)),
  } as TokenPayload;
}

/** The user's default project where he may still use it, else nothing (authentication.py _check_and_set_default_scoping). */
async function defaultScope({ subject }: Login, deps: TokenDeps): Promise<Scope | null> {
  if (!subject.default_project_id) return null;
  const scope = { project_id: subject.default_project_id };
  const authority = await authorityOn(subject.id, scope, deps);
  const usable = authority.project?.enabled && authority.project.domain.enabled;
  return usable && effectiveRoles(authority, subject.group_ids).length > 0 ? scope : null;
}

/** What is known of a token before it is issued: who logged in, and that no event names it. */
function knownOf({ subject, userDomain, serviceProviders }: Login): Known {
  const known = nothing();
  known.people.set(subject.id, subject);
  known.domains.set(userDomain.id, userDomain);
  return { ...known, serviceProviders, events: { people: subject.id, found: [] } };
}

/** @throws 401 where the user has no role in the scope, else as {@link mint} */
export async function issueToken(login: Login, wantsCatalog: boolean, deps: TokenDeps) {
  const open = login.scope === undefined && !login.federation;
  const scope = open ? await defaultScope(login, deps) : (login.scope ?? null);
  const payload = payloadFor(login, scope, deps);
  const known = await gather(payload, wantsCatalog, deps, knownOf(login));
  const facts = minted(payload, known, deps);
  const text = deps.tokens().encode(payload, deps.tokenKeys.current(), randomBytes);
  return { text, body: tokenBody(facts, deps.config().resource) };
}

function minted(payload: TokenPayload, known: Known, { now }: TokenDeps): Facts {
  try {
    return mint(payload, known, now());
  } catch (error) {
    if (error instanceof TokenNotFound) return unauthorized('the user has no access to the scope');
    throw error;
  }
}
