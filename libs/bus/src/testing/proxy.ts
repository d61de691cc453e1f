import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';

/** A way to a NATS server that can be cut, blocked and moved. */
export interface Proxy {
  url: string;
  /** Breaks every connection and takes no new ones, until `mend`. */
  cut(): void;
  mend(): void;
  /** Keeps the connections, and lets nothing through, until `mend`. */
  stall(): void;
  close(): Promise<void>;
}

export interface ProxyOptions {
  host?: string;
  port?: number;
  /** Speaks TLS to the client, as a NATS server does that requires it: after its INFO. */
  tls?: Certificate;
}

export async function proxyTo(target: string, options: ProxyOptions = {}): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<[Socket, Socket]>();
  let stalled = false;
  let refusing = false;

  const server = createServer((outer) => {
    if (refusing) return void outer.destroy();
    const inner = connect(Number(port || 4222), hostname);
    const pair: [Socket, Socket] = [outer, inner];
    pairs.add(pair);
    const end = () => {
      pair.forEach((socket) => socket.destroy());
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    if (options.tls) terminate(pair, options.tls);
    else bridge(pair);
    if (stalled) pair.forEach((socket) => socket.pause());
  });
  await listening(server, options);

  const { address, port: own } = server.address() as AddressInfo;
  const scheme = options.tls ? 'tls' : 'nats';
  const host = options.tls ? 'localhost' : address;
  return {
    url: `${scheme}://${host}:${own}`,
    cut() {
      refusing = true;
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
    },
    stall() {
      stalled = true;
      for (const pair of pairs) pair.forEach((socket) => socket.pause());
    },
    mend() {
      refusing = stalled = false;
      for (const pair of pairs) pair.forEach((socket) => socket.resume());
    },
    async close() {
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listening = (server: Server, { host = '127.0.0.1', port = 0 }: ProxyOptions) =>
  new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));

function bridge([outer, inner]: readonly [Socket, Socket]): void {
  outer.pipe(inner).pipe(outer);
}

function terminate([outer, inner]: readonly [Socket, Socket], { key, cert }: Certificate): void {
  inner.once('data', (first: Buffer) => {
    const [info = '', ...rest] = first.toString().split('\r\n');
    const told = { ...(JSON.parse(info.replace(/^INFO /, '')) as object), tls_required: true };
    outer.write(`INFO ${JSON.stringify(told)}\r\n${rest.join('\r\n')}`, () => {
      const secure = new TLSSocket(outer, { isServer: true, key, cert });
      secure.on('error', () => inner.destroy());
      bridge([secure, inner]);
    });
  });
}

export interface Certificate {
  key: string;
  cert: string;
  certFile: string;
  remove(): void;
}

/** A new certificate for localhost, signed by itself. */
export function certificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'kts-bus-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const files = [
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
    '-keyout',
    keyFile,
    '-out',
    certFile,
  ];
  execFileSync('openssl', [...request, ...files], { stdio: 'ignore' });
  const read = (file: string) => readFileSync(file, 'utf8');
  return { key: read(keyFile), cert: read(certFile), certFile, remove: () => rmSync(folder, { recursive: true }) };
}

/** An address of this machine by which it is reached as others reach it; undefined on one without a network. */
export const outwardAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
