import { ask } from '@keystone/bus';
import {
  authenticate,
  federationStands,
  resolve,
  type DomainRef,
  type ProjectRef,
  type Scope,
  type Subject,
} from '@keystone/contracts';
import { handOver, unauthorized } from '@keystone/errors';
import { unsupportedMethod, type AuthRequest, type PasswordRequest, type ScopeRequest } from './auth-request.ts';
import type { TokenDeps } from './deps.ts';
import { isFederated, type Federation } from './known.ts';
import { requireFernet } from './provider.ts';
import { checkRescope } from './rescope.ts';
import { domainById } from './scope.ts';
import { validate } from './validate.ts';

/** Who has logged in, and what the token for it inherits. */
export interface Login {
  subject: Subject;
  userDomain: DomainRef;
  serviceProviders: unknown[];
  methods: string[];
  /** Of a token that was exchanged: its expiry in seconds and the first audit id of its chain; a federated one has none. */
  inherited: { expiresAt: number; parentAuditId: string | null } | null;
  /** Of a federated token that was exchanged: what makes the new one federated too. */
  federation?: Federation;
  /** Undefined where the request leaves the scope to Keystone. */
  scope: Scope | null | undefined;
}

const SERVED_HERE = new Set(['password', 'token']);

interface Named {
  userDomain: DomainRef | null;
  scope: Scope | null | undefined;
}

const enabledProject = (project: ProjectRef | null | undefined): Scope =>
  // A domain is a row of the same table, and no project to be scoped to.
  project?.enabled && !project.is_domain && project.domain.enabled
    ? { project_id: project.id }
    : unauthorized('no such enabled project');

const enabledDomain = (domain: DomainRef | null | undefined): Scope =>
  domain?.enabled ? { domain_id: domain.id } : unauthorized('no such enabled domain');

function scopeFrom(scope: ScopeRequest, project: ProjectRef | null | undefined, domain: DomainRef | null | undefined) {
  switch (scope.kind) {
    case 'default':
      return undefined;
    case 'unscoped':
      return null;
    case 'system':
      return { system: 'all' as const };
    case 'project':
      return enabledProject(project);
    case 'domain':
      return enabledDomain(domain);
    case 'trust':
      return handOver('Authentication for a trust');
  }
}

/** `[resource] *_name_url_safe = strict`: a name with reserved characters is refused at login. */
function checkNames(request: AuthRequest, { config }: TokenDeps): void {
  const { project_name_url_safe, domain_name_url_safe } = config().resource;
  const unsafe = (name: string) => /[:/?#[\]@!$&'()*+,;=]/.test(name);
  const { scope, password } = request;
  const domains = [
    scope.kind === 'domain' && scope.domain,
    scope.kind === 'project' && 'name' in scope.project && scope.project.domain,
    password && 'name' in password.user && password.user.domain,
  ];
  const named = domains.some((domain) => domain && 'name' in domain && unsafe(domain.name));
  if (domain_name_url_safe === 'strict' && named) unauthorized('Domain name cannot contain reserved characters.');
  if (
    project_name_url_safe === 'strict' &&
    scope.kind === 'project' &&
    'name' in scope.project &&
    unsafe(scope.project.name)
  ) {
    unauthorized('Project name cannot contain reserved characters.');
  }
}

/** All that a request names, in one question; none where it names nothing. */
async function lookUp({ password, scope }: AuthRequest, { bus }: TokenDeps): Promise<Named> {
  const user = password && 'name' in password.user ? [password.user.domain] : [];
  const scopeDomain = scope.kind === 'domain' ? [scope.domain] : [];
  const projects = scope.kind === 'project' ? [scope.project] : [];
  const domains = [...user, ...scopeDomain];
  const found =
    domains.length + projects.length > 0
      ? await ask(bus, resolve, { domains, projects })
      : { domains: [], projects: [] };
  return {
    userDomain: user.length > 0 ? (found.domains[0] ?? null) : null,
    scope: scopeFrom(scope, found.projects[0], found.domains[user.length]),
  };
}

type Proof = Omit<Login, 'scope'>;

async function byPassword(
  { user, password }: PasswordRequest,
  known: DomainRef | null,
  deps: TokenDeps,
): Promise<Proof> {
  // An unknown domain is asked for all the same, so that the answer takes as long as for an unknown user.
  const key = 'id' in user ? user : { name: user.name, domain_id: known?.enabled ? known.id : '' };
  const { subject, service_providers } = await ask(deps.bus, authenticate, { user: key, password });
  const userDomain = await domainById(subject.domain_id, [known], deps);
  if (!userDomain?.enabled) return unauthorized('the domain of the user is disabled');
  return { subject, userDomain, serviceProviders: service_providers, methods: ['password'], inherited: null };
}

async function byToken(text: string, scope: ScopeRequest, deps: TokenDeps): Promise<Proof> {
  const { payload, subject, userDomain, body } = await validate(text, { catalog: false }, deps);
  const proof = {
    subject,
    userDomain,
    serviceProviders: (body.service_providers ?? []) as unknown[],
    methods: ['token', ...payload.methods],
  };
  const { expiresAt } = payload;
  if (isFederated(payload)) {
    const { groupIds, idpId, protocolId } = payload;
    await ask(deps.bus, federationStands, {
      identity_provider_id: idpId,
      protocol_id: protocolId,
      group_ids: groupIds,
    });
    // Python begins a new chain of audit ids here.
    return { ...proof, inherited: { expiresAt, parentAuditId: null }, federation: { groupIds, idpId, protocolId } };
  }
  checkRescope(payload, scope, deps.config());
  return { ...proof, inherited: { expiresAt, parentAuditId: payload.auditIds.at(-1) ?? null } };
}

/** Several methods must speak of one user; the earliest expiry holds (auth/core.py AuthContext). */
function reconcile(proofs: readonly Proof[]): Proof {
  const [first, ...rest] = proofs;
  if (!first) return unauthorized('User not found by auth plugin; authentication failed');
  if (rest.some(({ subject }) => subject.id !== first.subject.id)) {
    unauthorized('Unable to reconcile identity attribute user_id as it has conflicting values');
  }
  const methods = proofs.flatMap((proof) => proof.methods);
  const federation = proofs.find((proof) => proof.federation)?.federation;
  return {
    ...first,
    ...(federation && { federation }),
    methods: [...new Set(methods)],
    inherited: proofs.find(({ inherited }) => inherited)?.inherited ?? null,
  };
}

/**
 * Proves who asks, by each of the methods that the request names.
 * @throws 401 where a proof fails; 404 or 403 for a token that cannot be exchanged
 */
export async function logIn(request: AuthRequest, deps: TokenDeps): Promise<Login> {
  requireFernet(deps.config());
  const foreign = request.methods.find((method) => !SERVED_HERE.has(method));
  if (foreign) handOver(`Authentication by ${foreign}`, unsupportedMethod(deps.config().auth.methods));
  checkNames(request, deps);
  const { userDomain, scope } = await lookUp(request, deps);
  const proofs: Proof[] = [];
  for (const method of request.methods) {
    if (method === 'password' && request.password) proofs.push(await byPassword(request.password, userDomain, deps));
    if (method === 'token' && request.token) proofs.push(await byToken(request.token, request.scope, deps));
  }
  return { ...reconcile(proofs), scope };
}
