import { createServer, type RequestListener, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { parseAddress, printAddress } from './address.ts';
import { refuse } from './refusal.ts';
import { StartError } from './start-error.ts';

export interface Listener {
  /** `http://127.0.0.1:5000`, with the port that was really bound. */
  url: string;
  /** From now on each answer tells its client not to come back on that connection. */
  dismiss(): void;
  /**
   * Answers what is under way, then closes.
   * @param milliseconds after which connections that are still busy are cut
   */
  drain(milliseconds: number): Promise<void>;
}

const OPTIONS: ServerOptions = {
  // Longer than Envoy's and most proxies' idle time, so that it is never this side that closes under a request.
  keepAliveTimeout: 75_000,
  // Node would answer in its own words what uWSGI does not ask for.
  requireHostHeader: false,
};

/** An address, and the flag that gives it. */
export interface Bind {
  flag: string;
  address: string;
}

function listening(server: Server, { flag, address }: Bind): Promise<string> {
  const { host, port } = parseAddress(address, flag);
  return new Promise((resolve, reject) => {
    const failed = ({ code }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is taken by another process' : `cannot be bound: ${code}`;
      reject(new StartError(`${flag} ${address} ${why}`));
    };
    server.once('error', failed).listen(port, host, () => {
      server.off('error', failed);
      resolve(`http://${printAddress(server.address() as AddressInfo)}`);
    });
  });
}

/** The connections of a server, each with the answers that it waits for. */
function connectionsOf(server: Server) {
  const open = new Map<Socket, Set<ServerResponse>>();
  server.on('connection', (socket: Socket) => {
    open.set(socket, new Set());
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, res) => {
    open.get(socket)?.add(res);
    res.once('close', () => open.get(socket)?.delete(res));
  });
  const answers = () => [...open.values()].flatMap((waited) => [...waited]);
  return {
    answering: (socket: Socket) => [...(open.get(socket) ?? [])].some(({ headersSent }) => headersSent),
    /** The requests under way are the last ones of their connections. */
    makeLast: () => answers().forEach((res) => res.headersSent || res.setHeader('connection', 'close')),
    /** A proxy opens some in advance; Node takes those for busy with their first request. */
    closeUnused() {
      server.closeIdleConnections();
      for (const socket of open.keys()) if (socket.bytesRead === 0) socket.destroy();
    },
  };
}

/** @throws StartError where the address cannot be bound */
export async function listen(bind: Bind, handler: RequestListener, options: ServerOptions = {}): Promise<Listener> {
  let dismissing = false;
  const server = createServer({ ...OPTIONS, ...options });
  const connections = connectionsOf(server);
  const answer: RequestListener = (req, res) => {
    if (dismissing) res.setHeader('connection', 'close');
    handler(req, res);
  };
  server.on('request', answer).on('checkExpectation', answer);
  server.on('connect', (_req, socket: Socket) => refuse(socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // An answer that has begun cannot be followed by another.
    const deaf = error.code === 'ECONNRESET' || !socket.writable || connections.answering(socket);
    if (deaf) socket.destroy();
    else refuse(socket, error.code);
  });
  const url = await listening(server, bind);
  const dismiss = () => {
    dismissing = true;
    connections.makeLast();
  };
  return {
    url,
    dismiss,
    async drain(milliseconds) {
      dismiss();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      connections.closeUnused();
      const cut = setTimeout(() => server.closeAllConnections(), milliseconds);
      await closed;
      clearTimeout(cut);
    },
  };
}
