import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be cut and blocked. */
export interface Proxy {
  port: number;
  /** Breaks every connection and takes no new ones, until `mend`. */
  cut(): void;
  /** Keeps the connections, and lets nothing through, until `mend`. */
  stall(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function proxyTo(target: { hostname: string; port: string | number }): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'stalled' = 'open';
  const server = createServer((outer) => {
    if (state === 'cut') return void outer.destroy();
    const inner = connect(Number(target.port), target.hostname);
    const pair = [outer, inner];
    const end = () => pair.forEach((socket) => sockets.delete(socket.destroy()));
    for (const socket of pair) sockets.add(socket.on('error', end).on('close', end));
    outer.pipe(inner).pipe(outer);
    if (state === 'stalled') pair.forEach((socket) => socket.pause());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    stall() {
      state = 'stalled';
      for (const socket of sockets) socket.pause();
    },
    mend() {
      state = 'open';
      for (const socket of sockets) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
