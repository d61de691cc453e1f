import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** A way to a NATS server that can be cut, blocked, listened to and told lies about. */
export interface Proxy {
  url: string;
  /** Breaks every connection and takes no new ones, until `mend`. */
  cut(): void;
  mend(): void;
  /** Keeps the connections, and lets nothing through, until `mend`. */
  stall(): void;
  /** All that went through in plaintext, as someone on the network would read it. */
  carried(): string;
  close(): Promise<void>;
}

export interface ProxyOptions {
  host?: string;
  /** The client is told of these other servers of the cluster, `host:port`. */
  gossip?: string[];
  /** Speaks TLS to the client, as a NATS server does that requires it: after its INFO. */
  tls?: Certificate;
}

export async function proxyTo(target: string, options: ProxyOptions = {}): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const heard: Buffer[] = [];
  let stalled = false;
  let refusing = false;

  const server = createServer((outer) => {
    if (refusing) return void outer.destroy();
    const inner = connect(Number(port || 4222), hostname);
    const pair = [outer, inner];
    const end = () => pair.forEach((socket) => sockets.delete(socket.destroy()));
    for (const socket of pair) sockets.add(socket.on('error', end).on('close', end));
    introduce(outer, inner, options);
    if (!options.tls) for (const socket of pair) socket.on('data', (chunk: Buffer) => heard.push(chunk));
    if (stalled) pair.forEach((socket) => socket.pause());
  });
  await listening(server, options.host);

  const own = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'tls://localhost' : `nats://${own.address}`}:${own.port}`,
    cut() {
      refusing = true;
      for (const socket of sockets) socket.destroy();
    },
    stall() {
      stalled = true;
      for (const socket of sockets) socket.pause();
    },
    mend() {
      refusing = stalled = false;
      for (const socket of sockets) socket.resume();
    },
    carried: () => Buffer.concat(heard).toString('latin1'),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listening = (server: Server, host = '127.0.0.1') =>
  new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));

/** Passes on the server's first words with what the options add to them, then everything. */
function introduce(outer: Socket, inner: Socket, { gossip, tls }: ProxyOptions): void {
  inner.once('data', (first: Buffer) => {
    const [info = '', ...rest] = first.toString().split('\r\n');
    const told = JSON.parse(info.replace(/^INFO /, '')) as object;
    const lies = { ...(gossip && { connect_urls: gossip }), ...(tls && { tls_required: true }) };
    outer.write(`INFO ${JSON.stringify({ ...told, ...lies })}\r\n${rest.join('\r\n')}`, () => {
      const way = tls ? new TLSSocket(outer, { isServer: true, key: tls.key, cert: tls.cert }) : outer;
      if (tls) way.on('error', () => inner.destroy());
      way.pipe(inner).pipe(way);
    });
  });
}

/** An address of this machine by which it is reached as others reach it; undefined on one without a network. */
export const outwardAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
