import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KeystoneError } from '@keystone/errors';
import { parseAddress, printAddress } from './address.ts';

export interface Listener {
  /** `http://127.0.0.1:5000`, with the port that was really bound. */
  url: string;
  /**
   * Answers what is under way, telling each client not to come back on its connection, then closes.
   * @param milliseconds after which connections that are still busy are cut
   */
  drain(milliseconds: number): Promise<void>;
}

/** Longer than Envoy's and most proxies' idle time, so that it is never this side that closes under a request. */
const KEEP_ALIVE = 75_000;

/** What Node refuses before a request exists, answered in Keystone's format all the same. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const large = error.code === 'HPE_HEADER_OVERFLOW';
  const { body, status, title } = large
    ? new KeystoneError(431, 'The headers of the request are too large.')
    : new KeystoneError(400, 'The request is not valid HTTP.');
  const text = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

function listening(server: Server, bind: string): Promise<string> {
  const { host, port } = parseAddress(bind);
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      server.off('error', reject);
      resolve(`http://${printAddress(server.address() as AddressInfo)}`);
    });
  });
}

/** @throws where the address cannot be bound */
export async function listen(
  bind: string,
  handler: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<Listener> {
  let draining = false;
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (req, res) => {
    if (draining) res.setHeader('connection', 'close');
    handler(req, res);
  });
  server.on('clientError', refuse);
  const url = await listening(server, bind);
  return {
    url,
    async drain(milliseconds) {
      draining = true;
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), milliseconds);
      await closed;
      clearTimeout(cut);
    },
  };
}
