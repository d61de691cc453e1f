import { operations, reply, type ReadyAnswer, type ReadyRequest, type Request } from '@keystone/api';
import { readAuth, AuthBody } from './auth-request.ts';
import type { TokenDeps } from './deps.ts';
import { issueToken } from './issue.ts';
import { logIn } from './login.ts';
import { readReceipt, receiptFor, satisfiesRules } from './multi-factor.ts';
import { bytesOf, callerFrom, recall, recalledFrom, type Recalled } from './recall.ts';
import { TokenNotFound } from './token-error.ts';
import { look as lookAt, validate } from './validate.ts';

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

/** The subject token is looked at once a request: policy does first, then the operation. */
const subjects = new WeakMap<object, Promise<Recalled>>();

type Asking = Pick<Request, 'headers' | 'queryAll'>;

async function look(request: Asking, deps: TokenDeps): Promise<Recalled> {
  const text = header(request, 'x-subject-token');
  const catalog = !asked(request, 'nocatalog');
  const { allow_expired_window } = deps.config().token;
  const recalled = isTrue(asked(request, 'allow_expired')?.[1])
    ? recalledFrom(await lookAt(text, { window: allow_expired_window, catalog }, deps))
    : await recall(text, catalog, deps);
  if (recalled.restricted && !knowsAccessRules(request)) throw new TokenNotFound();
  return recalled;
}

function subjectToken(request: Asking, deps: TokenDeps): Promise<Recalled> {
  const held = subjects.get(request) ?? look(request, deps);
  subjects.set(request, held);
  return held;
}

const target = async (request: Asking, deps: TokenDeps) =>
  header(request, 'x-subject-token') === undefined ? {} : (await subjectToken(request, deps)).target;

const shown = (subject: string) => ({ 'content-type': 'application/json', 'x-subject-token': subject });

/** The queries that are answered from memory without reading them. */
const CATALOG_BY_QUERY = new Map([
  ['', true],
  ['?nocatalog', false],
]);

/** A validation whose caller and subject are both remembered: no database, no bus, no encoding, no promise. */
function fromMemory({ search, headers, allows }: ReadyRequest, { memory }: TokenDeps): ReadyAnswer | undefined {
  const subject = headers['x-subject-token'];
  const token = headers['x-auth-token'];
  const wantsCatalog = CATALOG_BY_QUERY.get(search);
  if (typeof subject !== 'string' || typeof token !== 'string' || wantsCatalog === undefined) return undefined;
  const asking = memory.get(token);
  const known = memory.get(subject);
  if (!asking || !known || asking.mute || asking.restricted) return undefined;
  if (known.restricted && !knowsAccessRules({ headers })) return undefined;
  if (!allows(callerFrom(asking).credentials, { target: known.target })) return undefined;
  return { status: 200, headers: shown(subject), body: bytesOf(known, wantsCatalog) };
}

export const authTokenOperations = [
  operation({
    method: 'GET',
    path: '/v3/auth/tokens',
    policy: 'identity:validate_token',
    headPolicy: 'identity:check_token',
    hot: true,
    target,
    ready: fromMemory,
    run: async (request, deps) => {
      const known = await subjectToken(request, deps);
      return reply(bytesOf(known, !asked(request, 'nocatalog')), shown(header(request, 'x-subject-token') ?? ''));
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
