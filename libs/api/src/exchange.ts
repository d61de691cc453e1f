import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KeystoneError } from '@keystone/errors';
import type { ReadyAnswer } from './operation.ts';
import { errorAnswer, type Answer, type Exchange, type Host, type Responder } from './pipeline.ts';

/** The largest body Python takes: oslo.middleware's `max_request_body_size`, in bytes. */
const MAX_BODY = 114_688;

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

const newRequestId = () => `req-${randomUUID()}`;

/** express leaves the parameters of a path on the request. */
type Routed = IncomingMessage & { params?: Record<string, string> };

function exchangeOf(req: Routed): Exchange {
  const url = req.url ?? '/';
  const at = url.indexOf('?');
  return {
    method: req.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    search: at < 0 ? '' : url.slice(at),
    headers: req.headers,
    params: req.params ?? {},
    body: undefined,
    origin: originOf(req),
    requestId: newRequestId(),
  };
}

export interface Server {
  /** Answers one request with what a responder says. */
  serve(respond: Responder, req: IncomingMessage, res: ServerResponse): void;
  /** Sends bytes that are ready. */
  send(answer: ReadyAnswer, req: IncomingMessage, res: ServerResponse): void;
}

/** Reads a request, has it answered, writes the answer; whatever happens, the client gets one or is cut off. */
export function server(host: Host): Server {
  function write(res: ServerResponse, answer: Answer, { method, requestId }: Exchange): void {
    const length = answer.body === undefined ? 0 : Buffer.byteLength(answer.body);
    res.writeHead(answer.status, {
      ...answer.headers,
      ...(answer.status !== 204 && { 'content-length': length }),
      vary: 'X-Auth-Token',
      'x-openstack-request-id': requestId,
      'x-keystone-service': host.service,
    });
    res.end(method === 'HEAD' ? undefined : answer.body);
  }

  async function answer(respond: Responder, exchange: Exchange, req: IncomingMessage): Promise<Answer> {
    try {
      exchange.body = await readAll(req);
      return await respond(exchange);
    } catch (error) {
      if (error instanceof KeystoneError) return errorAnswer(error, exchange, host.settings());
      throw error;
    }
  }

  const serve: Server['serve'] = (respond, req, res) => {
    const exchange = exchangeOf(req);
    answer(respond, exchange, req)
      .then((answered) => write(res, answered, exchange))
      .catch((error: unknown) => {
        host.report(error, { operation: exchange.path, requestId: exchange.requestId, status: 0 });
        res.destroy();
      });
  };

  const send: Server['send'] = ({ status, headers, body }, req, res) => {
    res.writeHead(status, {
      ...headers,
      'content-length': body.length,
      vary: 'X-Auth-Token',
      'x-openstack-request-id': newRequestId(),
      'x-keystone-service': host.service,
    });
    res.end(req.method === 'HEAD' ? undefined : body);
  };
  return { serve, send };
}
