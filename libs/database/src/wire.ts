import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire to the server that can be cut, left hanging, or made to break under the next thing that is said. For tests. */
export const wire = async ({ host, port }: { host: string; port: number }) => {
  const sockets = new Set<Socket>();
  let silent = false;
  let brittle = false;
  const pass = (from: Socket, to: Socket) => (data: Buffer) => {
    if (brittle) from.destroy();
    else if (!silent) to.write(data);
    brittle = false;
  };
  const server = createServer((near) => {
    const far = connect(port, host);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', pass(from, to));
      from.on('close', () => (sockets.delete(from), to.destroy()));
      from.on('error', () => to.destroy());
    }
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const own = (server.address() as AddressInfo).port;
  return {
    port: own,
    hang: (value: boolean) => (silent = value),
    breakNext: () => (brittle = true),
    async cut() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    mend: () => listen(own),
  };
};
