import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { installServers } from './install.ts';
import { BARE_ENVIRONMENT, nothingToPrepare, type Context, type Part } from './part.ts';

/** memcached, with which Python Keystone keeps answers when the stack is started with its cache on. */
export async function memcached({ folder, state }: Context): Promise<Part> {
  const { memcached: program } = await installServers(['memcached']);
  const port = state.ports.memcached;
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  return {
    name: 'memcached',
    folder: join(folder, 'memcached'),
    command: program,
    args: [...account, '-l', '127.0.0.1', '-p', String(port), '-U', '0', '-m', '64'],
    env: BARE_ENVIRONMENT,
    ports: [port],
    files: {},
    reads: [],
    prepare: nothingToPrepare,
    isReady: () => saysItsVersion(port),
  };
}

async function saysItsVersion(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.end('version\r\n');
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(5000) })) as [Buffer];
    return answer.toString().startsWith('VERSION ');
  } finally {
    socket.destroy();
  }
}
