import { Type, open, type Static } from '@keystone/api';
import { KeystoneError, badRequest } from '@keystone/errors';
import type { DomainKey, ProjectKey } from '@keystone/contracts';

const Name = Type.Optional(Type.String());
const Domain = Type.Object({ id: Name, name: Name }, open);
const User = Type.Object({ id: Name, name: Name, password: Name, domain: Type.Optional(Domain) }, open);
const Scope = Type.Object(
  {
    project: Type.Optional(Type.Object({ id: Name, name: Name, domain: Type.Optional(Domain) }, open)),
    domain: Type.Optional(Domain),
    'OS-TRUST:trust': Type.Optional(Type.Object({ id: Name }, open)),
    system: Type.Optional(Type.Object({ all: Type.Optional(Type.Unknown()) }, open)),
    unscoped: Type.Optional(Type.Unknown()),
  },
  open,
);

/** The body of `POST /v3/auth/tokens` (auth/schema.py token_issue). */
export const AuthBody = Type.Object(
  {
    auth: Type.Optional(
      Type.Object(
        {
          identity: Type.Object(
            {
              methods: Type.Array(Type.String()),
              password: Type.Optional(Type.Object({ user: Type.Optional(User) }, open)),
              token: Type.Optional(Type.Object({ id: Type.String() }, open)),
            },
            open,
          ),
          scope: Type.Optional(Type.Union([Scope, Type.String()])),
        },
        open,
      ),
    ),
  },
  open,
);
type Auth = NonNullable<Static<typeof AuthBody>['auth']>;

/** The scope a request names: null where it leaves the choice to Keystone. */
export type ScopeRequest =
  | { kind: 'default' }
  | { kind: 'unscoped' }
  | { kind: 'system' }
  | { kind: 'trust' }
  | { kind: 'domain'; domain: DomainKey }
  | { kind: 'project'; project: ProjectKey };

export interface PasswordRequest {
  user: { id: string } | { name: string; domain: DomainKey };
  password: string;
}

export interface AuthRequest {
  /** Each named once, in the order they were named. */
  methods: string[];
  password?: PasswordRequest;
  token?: string;
  scope: ScopeRequest;
}

const missing = (attribute: string, target: string): never =>
  badRequest(
    `Expecting to find ${attribute} in ${target}. The server could not comply with the request since it is either ` +
      'malformed or otherwise incorrect. The client is assumed to be in error.',
  );

const hasNone = (ref: { id?: string; name?: string }) => ref.id === undefined && ref.name === undefined;

const requireKey = (field: string, ref: { id?: string; name?: string } | undefined): void => {
  if (ref && hasNone(ref)) badRequest(`Invalid input for field ${field}: id or name must be present.`);
};

/** A name counts before an id, as Python looks them up. */
const domainKey = ({ id, name }: Static<typeof Domain>, target: string): DomainKey => {
  if (name) return { name };
  return id ? { id } : missing('id or name', target);
};

function readPassword(payload: NonNullable<Auth['identity']['password']>): PasswordRequest {
  const { user } = payload;
  if (!user) return missing('user', 'password');
  const { id, name, domain, password } = user;
  if (!id && !name) return missing('id or name', 'user');
  if (name && !domain) return missing('domain', 'user');
  const key = name && domain ? { name, domain: domainKey(domain, 'domain') } : { id: id ?? '' };
  return { user: key, password: password ?? '' };
}

const SCOPES = ['project', 'domain', 'unscoped', 'system', 'OS-TRUST:trust'] as const;

function readScope(scope: Auth['scope']): ScopeRequest {
  if (scope === undefined) return { kind: 'default' };
  // `"scope": "unscoped"` is what old clients send; Python finds the word anywhere in the text.
  const named =
    typeof scope === 'string' ? SCOPES.filter((word) => scope.includes(word)) : SCOPES.filter((word) => word in scope);
  const [only] = named;
  if (named.length !== 1 || !only) return missing('system, project, domain, OS-TRUST:trust or unscoped', 'scope');
  if (only === 'system' || only === 'unscoped') return { kind: only };
  if (typeof scope === 'string') return missing(only, 'scope');
  if (only === 'OS-TRUST:trust') return { kind: 'trust' };
  if (only === 'domain') return { kind: 'domain', domain: domainKey(scope.domain ?? {}, 'domain') };
  const { id, name, domain } = scope.project ?? {};
  if (!name) return { kind: 'project', project: { id: id ?? '' } };
  if (!domain) return missing('domain', 'project');
  return { kind: 'project', project: { name, domain: domainKey(domain, 'domain') } };
}

function checkKeys({ identity, scope }: Auth): void {
  const user = identity.password?.user;
  requireKey('identity/password/user', user);
  requireKey('identity/password/user/domain', user?.domain);
  if (typeof scope !== 'object') return;
  requireKey('scope/project', scope.project);
  requireKey('scope/project/domain', scope.project?.domain);
  requireKey('scope/domain', scope.domain);
}

export const unsupportedMethod = (methods: readonly string[]) =>
  new KeystoneError(401, 'Attempted to authenticate with an unsupported method.', {
    identity: { methods: [...methods] },
  });

/**
 * Reads and checks the body of a login, in Python's order (auth/schema.py, auth/core.py AuthInfo).
 *
 * @param configured `[auth] methods`
 * @throws 400 for what is malformed, 401 with the list of methods for one that is not configured
 */
export function readAuth(auth: Auth | undefined, configured: readonly string[]): AuthRequest {
  if (!auth) return missing('auth', 'request body');
  checkKeys(auth);
  const { identity } = auth;
  const methods = [...new Set(identity.methods)];
  for (const method of methods) if (!(method in identity)) missing(method, 'identity');
  for (const method of methods) if (!configured.includes(method)) throw unsupportedMethod(configured);
  const wants = (method: string) => methods.includes(method);
  return {
    methods,
    ...(wants('password') && identity.password && { password: readPassword(identity.password) }),
    ...(wants('token') && identity.token && { token: identity.token.id }),
    scope: readScope(auth.scope),
  };
}
