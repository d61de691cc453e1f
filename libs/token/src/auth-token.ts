import { operations, reply, type Request } from '@keystone/api';
import { readAuth, AuthBody } from './auth-request.ts';
import type { TokenDeps } from './deps.ts';
import { issueToken } from './issue.ts';
import { logIn } from './login.ts';
import { readReceipt, receiptFor, satisfiesRules } from './multi-factor.ts';
import { validate, type Validated } from './validate.ts';

const operation = operations<TokenDeps>();

const header = ({ headers }: Pick<Request, 'headers'>, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** oslo.utils' bool_from_string: what it does not know is the default. */
const isTrue = (text: string | undefined) => /^(1|t|true|on|y|yes)$/i.test(text?.trim() ?? '');
const isFalse = (text: string | undefined) => /^(0|f|false|off|n|no)$/i.test(text?.trim() ?? '');

const asked = ({ queryAll }: Pick<Request, 'queryAll'>, name: string) => queryAll.find(([key]) => key === name);

/** Whoever asks for validation says so where he knows of access rules (keystonemiddleware sends 1.0). */
const knowsAccessRules = (request: Pick<Request, 'headers'>) =>
  Number(header(request, 'openstack-identity-access-rules') ?? '') >= 1;

/** The subject token is validated once a request: policy looks at it first, then the operation. */
const subjects = new WeakMap<object, Promise<Validated>>();

function subjectToken(request: Pick<Request, 'headers' | 'queryAll'>, deps: TokenDeps): Promise<Validated> {
  const held = subjects.get(request);
  if (held) return held;
  const window = isTrue(asked(request, 'allow_expired')?.[1]) ? deps.config().token.allow_expired_window : 0;
  const validated = validate(
    header(request, 'x-subject-token'),
    { window, catalog: !asked(request, 'nocatalog'), accessRules: knowsAccessRules(request) },
    deps,
  );
  subjects.set(request, validated);
  return validated;
}

const target = async (request: Pick<Request, 'headers' | 'queryAll'>, deps: TokenDeps) => {
  if (header(request, 'x-subject-token') === undefined) return {};
  const { subject } = await subjectToken(request, deps);
  return { token: { user_id: subject.id, user: { domain: { id: subject.domain_id } } } };
};

export const authTokenOperations = [
  operation({
    method: 'GET',
    path: '/v3/auth/tokens',
    policy: 'identity:validate_token',
    headPolicy: 'identity:check_token',
    hot: true,
    target,
    run: async (request, deps) => {
      const { body } = await subjectToken(request, deps);
      return reply({ token: body }, { 'x-subject-token': header(request, 'x-subject-token') ?? '' });
    },
  }),
  operation({
    method: 'POST',
    path: '/v3/auth/tokens',
    policy: { why: 'whoever logs in has no token yet' },
    body: AuthBody,
    run: async (request, deps) => {
      const { auth } = deps.config();
      const login = await logIn(readAuth(request.body.auth, auth.methods), deps);
      const proved = readReceipt(header(request, 'openstack-auth-receipt'), login.subject.id, deps);
      const methods = [...new Set([...login.methods, ...proved])];
      if (!satisfiesRules(login.subject, methods, auth.methods)) {
        return receiptFor(login.subject, login.userDomain, methods, deps);
      }
      const { text, body } = await issueToken({ ...login, methods }, !asked(request, 'nocatalog'), deps);
      return reply({ token: body }, { 'x-subject-token': text });
    },
  }),
  operation({
    method: 'DELETE',
    path: '/v3/auth/tokens',
    policy: 'identity:revoke_token',
    target,
    run: async (request, deps) => {
      // Python validates anew, as nobody who knows of windows or access rules (token/provider.py, revoke_token).
      const { payload } = await validate(header(request, 'x-subject-token'), { catalog: false }, deps);
      const [audit_id] = payload.auditIds;
      if (!audit_id) return;
      const cascade = !isFalse(asked(request, 'cascade')?.[1]);
      await deps.revocations.add([{ audit_id }, ...(cascade ? [{ audit_chain_id: audit_id }] : [])], deps);
    },
  }),
];
