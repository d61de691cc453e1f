import type { IncomingMessage, ServerResponse } from 'node:http';
import { KeystoneError } from '@keystone/errors';
import express from 'express';
import { server } from './exchange.ts';
import type { Operation } from './operation.ts';
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

/**
 * One handler for all operations. Hot ones are found by their exact path and answered before express is asked; every
 * operation, hot or not, takes the same way through {@link responder}.
 */
export function httpHandler(mounted: readonly Mounted[], host: Host): HttpHandler {
  const app = express().disable('x-powered-by').disable('etag').set('case sensitive routing', true);
  const serve = server(host);
  const hot = new Map<string, Responder>();
  const paths = new Map<string, Operation[]>();

  const mount = (operation: Operation, respond: Responder) => {
    const route = operation.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const methods = operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method];
    if (operation.hot) for (const method of methods) hot.set(`${method} ${operation.path}`, respond);
    app[operation.method.toLowerCase() as 'get'](route, (req, res) => serve(respond, req, res));
    paths.set(route, [...(paths.get(route) ?? []), operation]);
  };
  for (const { operations, deps } of mounted) {
    for (const operation of operations) mount(operation, responder(operation, deps, host));
  }
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
    const respond = hot.get(`${req.method} ${at < 0 ? url : url.slice(0, at)}`);
    if (respond) return serve(respond, req, res);
    if (normalise(req, res)) app(req, res);
  };
}
