import { randomBytes } from 'node:crypto';
import { unauthorized } from '@keystone/errors';
import type { Scope } from '@keystone/contracts';
import type { TokenPayload } from '@keystone/fernet';
import { tokenBody } from './body.ts';
import type { TokenDeps } from './deps.ts';
import type { Login } from './login.ts';
import { authorityOn, catalogOf, effectiveRoles } from './scope.ts';

const auditId = () => randomBytes(16).toString('base64url');

const inScope = (scope: Scope | null) => {
  if (!scope) return { kind: 'unscoped' as const };
  if ('project_id' in scope) return { kind: 'project' as const, projectId: scope.project_id };
  return 'domain_id' in scope
    ? { kind: 'domain' as const, domainId: scope.domain_id }
    : { kind: 'system' as const, system: 'all' as const };
};

/** In the order that the token itself will give them when it is read: the last configured first. */
const inTokenOrder = (methods: readonly string[], configured: readonly string[]) =>
  [...methods].sort((a, b) => configured.indexOf(b) - configured.indexOf(a));

function payloadFor({ subject, methods, inherited }: Login, scope: Scope | null, deps: TokenDeps): TokenPayload {
  const { token, auth } = deps.config();
  const issuedAt = Math.floor(deps.now());
  return {
    userId: subject.id,
    methods: inTokenOrder(methods, auth.methods),
    // An exchanged token keeps its expiry, or it could be renewed for ever.
    expiresAt: inherited?.expiresAt ?? issuedAt + token.expiration,
    auditIds: inherited ? [auditId(), inherited.parentAuditId] : [auditId()],
    issuedAt,
    ...inScope(scope),
  };
}

/** The user's default project where he may still use it, else nothing (authentication.py _check_and_set_default_scoping). */
async function defaultScope({ subject }: Login, deps: TokenDeps): Promise<Scope | null> {
  if (!subject.default_project_id) return null;
  const scope = { project_id: subject.default_project_id };
  const authority = await authorityOn(subject.id, scope, deps);
  const usable = authority.project?.enabled && authority.project.domain.enabled;
  return usable && effectiveRoles(authority, subject.group_ids).length > 0 ? scope : null;
}

/** @throws 401 where the user has no role in the scope */
export async function issueToken(login: Login, wantsCatalog: boolean, deps: TokenDeps) {
  const scope = login.scope === undefined ? await defaultScope(login, deps) : login.scope;
  const { subject, userDomain, serviceProviders } = login;
  const [authority, catalog] = await Promise.all([
    authorityOn(subject.id, scope, deps),
    catalogOf(subject.id, scope, wantsCatalog, deps),
  ]);
  const { project, domain } = authority;
  const roles = effectiveRoles(authority, subject.group_ids);
  if (scope && roles.length === 0) unauthorized('the user has no access to the scope');
  const payload = payloadFor(login, scope, deps);
  const text = deps.tokens().encode(payload, deps.tokenKeys.current(), randomBytes);
  const facts = { payload, subject, userDomain, project, domain, roles, catalog, serviceProviders };
  return { text, body: tokenBody(facts, deps.config().resource) };
}
