import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KeystoneError } from '@keystone/errors';
import express from 'express';
import type { Operation } from './operation.ts';
import { errorAnswer, responder, type Answer, type Exchange, type Host, type Responder } from './pipeline.ts';

/** The largest body Python takes: oslo.middleware's `max_request_body_size`, in bytes. */
const MAX_BODY = 114_688;

/** Operations with what they run on. */
export interface Mounted<D = never> {
  operations: readonly Operation<D>[];
  deps: D;
}

export type HttpHandler = (req: IncomingMessage, res: ServerResponse) => void;

async function readAll(req: IncomingMessage): Promise<Uint8Array | undefined> {
  if (req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined) return undefined;
  const tooLarge = () => new KeystoneError(413, 'Request is too large.', { headers: { connection: 'close' } });
  if (Number(req.headers['content-length']) > MAX_BODY) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const first = (value: string | string[] | undefined) =>
  (Array.isArray(value) ? value[0] : value)?.split(',').at(-1)?.trim();

/** Scheme and host as the client sees them; werkzeug's ProxyFix trusts one proxy's X-Forwarded-Proto and no other. */
function originOf(req: IncomingMessage): string {
  const scheme = first(req.headers['x-forwarded-proto']) ?? 'http';
  const host = (req.headers.host ?? 'localhost').replace(scheme === 'https' ? /:443$/ : /:80$/, '');
  return `${scheme}://${host}`;
}

interface From {
  exchange: Pick<Exchange, 'method' | 'requestId'>;
  service: string;
}

function write(res: ServerResponse, answer: Answer, { exchange: { method, requestId }, service }: From): void {
  const length = answer.body === undefined ? 0 : Buffer.byteLength(answer.body);
  res.writeHead(answer.status, {
    ...answer.headers,
    ...(answer.status !== 204 && { 'content-length': length }),
    vary: 'X-Auth-Token',
    'x-openstack-request-id': requestId,
    'x-keystone-service': service,
  });
  res.end(method === 'HEAD' ? undefined : answer.body);
}

function exchangeOf(req: IncomingMessage, params: Record<string, string>): Exchange {
  const url = req.url ?? '/';
  const at = url.indexOf('?');
  return {
    method: req.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    search: at < 0 ? '' : url.slice(at),
    headers: req.headers,
    params,
    body: undefined,
    origin: originOf(req),
    requestId: `req-${randomUUID()}`,
  };
}

async function serve(
  respond: Responder,
  req: IncomingMessage,
  res: ServerResponse,
  host: Host,
  params: Record<string, string> = {},
): Promise<void> {
  const exchange = exchangeOf(req, params);
  try {
    exchange.body = await readAll(req);
    write(res, await respond(exchange), { exchange, service: host.service });
  } catch (error) {
    if (!(error instanceof KeystoneError))
      host.report(error, { operation: exchange.path, requestId: exchange.requestId, status: 0 });
    if (res.headersSent || !(error instanceof KeystoneError)) res.destroy();
    else write(res, errorAnswer(error, exchange, host.settings()), { exchange, service: host.service });
  }
}

/** Methods a path answers, in the order werkzeug lists them. */
function allowed(operations: readonly Operation[]): string {
  const methods = operations.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...new Set([...methods, 'OPTIONS'])].join(', ');
}

const notAllowed =
  (allow: string): Responder =>
  async ({ method }) =>
    method === 'OPTIONS'
      ? { status: 200, headers: { allow, 'content-type': 'text/html; charset=utf-8' }, body: '' }
      : {
          status: 405,
          headers: { allow, 'content-type': 'application/json' },
          body: JSON.stringify({ message: 'The method is not allowed for the requested URL.' }),
        };

/** A path that nobody answers. Python sends its framework's page; a client that expects Keystone's format gets it here. */
const nowhere: Responder = async () => {
  throw new KeystoneError(404, 'The resource could not be found.');
};

/** `/v3/regions/` is `/v3/regions`; an escaped slash is a slash, as WSGI decodes it; `//` redirects as werkzeug does. */
function normalise(req: IncomingMessage, res: ServerResponse): boolean {
  const url = req.url ?? '/';
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  const search = at < 0 ? '' : url.slice(at);
  const decoded = path.replace(/%2f/gi, '/');
  if (/\/\/+/.test(decoded)) {
    res.writeHead(308, { location: decoded.replace(/\/\/+/g, '/') + search, 'content-length': 0 }).end();
    return false;
  }
  const trimmed = decoded.length > 1 ? decoded.replace(/\/+$/, '') : decoded;
  if (trimmed !== path) req.url = trimmed + search;
  return true;
}

/**
 * One handler for all operations. Hot ones are found by their exact path and answered before express is asked; every
 * operation, hot or not, takes the same way through {@link responder}.
 */
export function httpHandler(mounted: readonly Mounted[], host: Host): HttpHandler {
  const app = express().disable('x-powered-by').disable('etag').set('case sensitive routing', true);
  const hot = new Map<string, Responder>();
  const paths = new Map<string, Operation[]>();

  for (const { operations, deps } of mounted) {
    for (const operation of operations) {
      const respond = responder(operation, deps, host);
      const route = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
      const methods = operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method];
      if (operation.hot) for (const method of methods) hot.set(`${method} ${operation.path}`, respond);
      const verb = operation.method.toLowerCase() as 'get';
      app[verb](route, (req, res) => void serve(respond, req, res, host, req.params as Record<string, string>));
      paths.set(route, [...(paths.get(route) ?? []), operation]);
    }
  }
  for (const [route, operations] of paths) {
    const respond = notAllowed(allowed(operations));
    app.all(route, (req, res) => void serve(respond, req, res, host));
  }
  app.use((req, res) => void serve(nowhere, req, res, host));
  // express comes here with a path whose percent-encoding is broken
  const broken: express.ErrorRequestHandler = (_error, req, res, _next) =>
    void serve(() => Promise.reject(new KeystoneError(400, 'The path is not a valid URL.')), req, res, host);
  app.use(broken);

  return (req, res) => {
    const url = req.url ?? '/';
    const at = url.indexOf('?');
    const respond = hot.get(`${req.method} ${at < 0 ? url : url.slice(0, at)}`);
    if (respond) return void serve(respond, req, res, host);
    if (normalise(req, res)) app(req, res);
  };
}
