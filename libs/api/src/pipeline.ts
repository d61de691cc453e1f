import { KeystoneError, badRequest, forbiddenAction } from '@keystone/errors';
import type { Policy, PolicyAction, PolicyTarget } from '@keystone/policy';
import type { Caller } from './caller.ts';
import { identify } from './identify.ts';
import { readFilters } from './list.ts';
import { isPublic, isReply, successStatus, type Operation, type Request } from './operation.ts';
import { checker } from './schema.ts';

/** A request as it came in, whatever carried it. */
export interface Exchange {
  method: string;
  /** Decoded path without a trailing slash. */
  path: string;
  search: string;
  headers: Request['headers'];
  params: Record<string, string>;
  body: Uint8Array | undefined;
  /** Scheme, host and port as the client names them. */
  origin: string;
  requestId: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

/** What the operations of a process share. */
export interface Host {
  /** Who answers, told in the header `x-keystone-service`: behind Envoy it says that it was not Python. */
  service: string;
  /**
   * Who a token stands for; null for one that is no good (bad, expired, revoked).
   * @throws 404 or 403 where Python's middleware refuses the request: project or domain disabled, user gone
   */
  authenticate(token: string): Promise<Caller | null>;
  policy(): Policy;
  /** `[DEFAULT] public_endpoint`, `insecure_debug`, `admin_token`, as they are now. */
  settings(): { public_endpoint: string | null; insecure_debug: boolean; admin_token: string | null };
  /** Unexpected errors and refusals, for the log. */
  report(error: unknown, request: { operation: string; requestId: string; status: number }): void;
  /** Wraps each operation: spans, metrics. */
  observe?(operation: Operation, exchange: Exchange, run: () => Promise<Answer>): Promise<Answer>;
  /** Told of each answer that was ready, for the metrics. */
  sent?(answer: { action: PolicyAction; method: string; status: number; seconds: number }): void;
  /** Tests check each reply against its schema. */
  checkReplies?: boolean;
}

export type Responder = (exchange: Exchange) => Promise<Answer>;

const text = new TextDecoder('utf-8', { fatal: true });

const malformed = (attribute: string, target: string): never =>
  badRequest(
    `Expecting to find ${attribute} in ${target}. The server could not comply with the request since it is either ` +
      'malformed or otherwise incorrect. The client is assumed to be in error.',
  );

/** A body must be a JSON object, sent as JSON or as nothing in particular (request_processing/json_body.py). */
function readBody({ body, headers }: Exchange): Record<string, unknown> | undefined {
  if (!body?.length) return undefined;
  const type =
    String(headers['content-type'] ?? '')
      .split(';')[0]
      ?.trim()
      .toLowerCase() ?? '';
  if (type !== '' && type !== 'application/json' && !/^application\/.*\+json$/.test(type)) {
    malformed('application/json', 'Content-Type header');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.decode(body));
  } catch {
    malformed('valid JSON', 'request body');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) malformed('valid JSON', 'request body');
  return parsed as Record<string, unknown>;
}

/** Links as clients must see them: `[DEFAULT] public_endpoint`, or the host that was asked (flask/common.py base_url). */
const linker = (base: string) => (path: string) => {
  const tail = path.replace(/^\/+|\/+$/g, '').replace(/^v3(\/|$)/, '');
  return tail ? `${base}/v3/${tail}` : `${base}/v3`;
};

type Settings = ReturnType<Host['settings']>;

const baseUrl = (exchange: Exchange, { public_endpoint }: Settings) =>
  (public_endpoint || exchange.origin).replace(/\/+$/, '').replace(/\/v3$/, '');

/** An error as Keystone writes it, with the challenge that a 401 carries. */
export function errorAnswer(error: KeystoneError, exchange: Exchange, settings: Settings): Answer {
  const { reason } = error.detail;
  const shown =
    settings.insecure_debug && reason ? `${reason} (Disable insecure_debug mode to suppress these details.)` : null;
  const body = shown ? { error: { ...error.body.error, message: shown } } : error.body;
  const challenge =
    error.status === 401 ? { 'www-authenticate': `Keystone uri="${baseUrl(exchange, settings)}/v3"` } : {};
  return {
    status: error.status,
    headers: { ...challenge, ...error.detail.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

const unexpected = () =>
  new KeystoneError(500, 'An unexpected error prevented the server from fulfilling your request.');

/** The rule that is asked, and what it sees; both may need the database, so only of somebody who is known. */
interface Asked {
  action(): PolicyAction | Promise<PolicyAction>;
  target(): Promise<PolicyTarget>;
}

async function enforce(caller: Caller | null, asked: Asked, policy: Policy): Promise<void> {
  if (!caller) throw new KeystoneError(401, 'The request you have made requires authentication.');
  if (caller.isAdmin) return;
  const held = await asked.target();
  const action = await asked.action();
  if (policy.decide(action, caller.credentials, held) !== 'allowed') forbiddenAction(action);
}

/** What rules see: path parameters, the operation's own target, the body, the filters (rbac_enforcer.enforce_call). */
async function policyTarget<D>(operation: Operation<D>, request: Request, deps: D): Promise<PolicyTarget> {
  const target = operation.target ? { target: await operation.target(request, deps) } : {};
  const filters = Object.fromEntries(request.queryAll.filter(([key]) => operation.filters?.includes(key)));
  return {
    ...request.params,
    ...target,
    ...(Object.keys(request.body ?? {}).length > 0 && { request_body: request.body as PolicyTarget }),
    ...(Object.keys(filters).length > 0 && { filter_attr: filters }),
  };
}

function success(operation: Operation, result: unknown): Answer {
  const made = isReply(result) ? result : { body: result, headers: {}, status: undefined };
  const status = made.status ?? successStatus(operation);
  if (made.body === undefined) return { status, headers: made.headers, body: undefined };
  const body = made.body instanceof Uint8Array ? made.body : JSON.stringify(made.body);
  return { status, headers: { 'content-type': 'application/json', ...made.headers }, body };
}

/**
 * The one way from a request to its answer, in the order Python takes: who asks, is the body JSON, does it fit the
 * schema, may he, do it. So a bad body is a 400 even without a token.
 */
export function responder<D>(operation: Operation<D>, deps: D, host: Host): Responder {
  const checkQuery = checker(operation.query);
  const checkBody = checker(operation.body);
  const checkReply = checker(host.checkReplies ? operation.reply : undefined);

  async function run(exchange: Exchange): Promise<Answer> {
    const settings = host.settings();
    const caller = await identify(exchange, host);
    const sent = readBody(exchange);
    const body = operation.body ? (sent ?? {}) : sent;
    const queryAll = [...new URLSearchParams(exchange.search)];
    const query = Object.fromEntries(queryAll.toReversed());
    checkQuery(query);
    checkBody(body);
    const request: Request = {
      params: exchange.params,
      query,
      queryAll,
      body,
      caller,
      headers: exchange.headers,
      filters: readFilters(queryAll, operation.filters ?? []),
      url: linker(baseUrl(exchange, settings)),
      target: { path: exchange.path, search: exchange.search },
      requestId: exchange.requestId,
    };
    if (!isPublic(operation.policy)) {
      const usual = exchange.method === 'HEAD' ? (operation.headPolicy ?? operation.policy) : operation.policy;
      const action = () => operation.actionFor?.(request, deps) ?? usual;
      await enforce(caller, { action, target: () => policyTarget(operation, request, deps) }, host.policy());
    }
    const answer = success(operation as Operation, await operation.run(request as never, deps));
    if (host.checkReplies && operation.reply && answer.body) checkReply(JSON.parse(answer.body.toString()));
    return answer;
  }

  async function answered(exchange: Exchange): Promise<Answer> {
    try {
      return await run(exchange);
    } catch (error) {
      const known = error instanceof KeystoneError ? error : unexpected();
      const operationName = isPublic(operation.policy) ? `${operation.method} ${operation.path}` : operation.policy;
      host.report(error, { operation: operationName, requestId: exchange.requestId, status: known.status });
      return errorAnswer(known, exchange, host.settings());
    }
  }

  const { observe } = host;
  return observe ? (exchange) => observe(operation as Operation, exchange, () => answered(exchange)) : answered;
}
