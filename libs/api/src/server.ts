import type { IncomingMessage, ServerResponse } from 'node:http';
import { KeystoneError } from '@keystone/errors';
import express from 'express';
import { server } from './exchange.ts';
import { isPublic, type Operation, type ReadyAnswer, type ReadyRequest } from './operation.ts';
import { responder, type Host, type Responder } from './pipeline.ts';

/** Operations with what they run on. */
export interface Mounted<D = never> {
  operations: readonly Operation<D>[];
  deps: D;
}

export type HttpHandler = (req: IncomingMessage, res: ServerResponse) => void;

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

const malformedPath: Responder = async () => {
  throw new KeystoneError(400, 'The path is not a valid URL.');
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

interface Hot {
  respond: Responder;
  ready(req: IncomingMessage, search: string): ReadyAnswer | undefined;
}

interface At {
  method: string;
  host: Host;
}

/** What is ready to be sent; a request with a body is none of that. */
function readyOf<D>(operation: Operation<D>, deps: D, { method, host }: At): Hot['ready'] {
  const { ready, policy, headPolicy } = operation;
  if (!ready || isPublic(policy)) return () => undefined;
  const action = method === 'HEAD' ? (headPolicy ?? policy) : policy;
  const allows: ReadyRequest['allows'] = (credentials, target) =>
    host.policy().decide(action, credentials, target) === 'allowed';
  return ({ headers }, search) => {
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) return undefined;
    const began = host.sent ? performance.now() : 0;
    const answer = ready({ method, search, headers, allows }, deps);
    if (answer) host.sent?.({ action, method, status: answer.status, seconds: (performance.now() - began) / 1000 });
    return answer;
  };
}

/**
 * One handler for all operations. Hot ones are found by their exact path and answered before express is asked; every
 * operation, hot or not, takes the same way through {@link responder}.
 */
export function httpHandler(mounted: readonly Mounted[], host: Host): HttpHandler {
  const app = express().disable('x-powered-by').disable('etag').set('case sensitive routing', true);
  const { serve, send } = server(host);
  const hot = new Map<string, Hot>();
  const paths = new Map<string, Operation[]>();

  const mount = <D>(operation: Operation<D>, deps: D) => {
    const respond = responder(operation, deps, host);
    const route = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const methods = operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method];
    for (const method of operation.hot ? methods : []) {
      hot.set(`${method} ${operation.path}`, { respond, ready: readyOf(operation, deps, { method, host }) });
    }
    app[operation.method.toLowerCase() as 'get'](route, (req, res) => serve(respond, req, res));
    paths.set(route, [...(paths.get(route) ?? []), operation as Operation]);
  };
  for (const { operations, deps } of mounted) for (const operation of operations) mount(operation, deps);
  for (const [route, operations] of paths) {
    const respond = notAllowed(allowed(operations));
    app.all(route, (req, res) => serve(respond, req, res));
  }
  app.use((req, res) => serve(nowhere, req, res));
  // express comes here with a path whose percent-encoding is broken
  const broken: express.ErrorRequestHandler = (_error, req, res, _next) => serve(malformedPath, req, res);
  app.use(broken);

  return (req, res) => {
    const url = req.url ?? '/';
    const at = url.indexOf('?');
    const found = hot.get(`${req.method} ${at < 0 ? url : url.slice(0, at)}`);
    if (found) {
      const answer = found.ready(req, at < 0 ? '' : url.slice(at));
      if (answer) send(answer, req, res);
      else serve(found.respond, req, res);
    } else if (normalise(req, res)) app(req, res);
  };
}
