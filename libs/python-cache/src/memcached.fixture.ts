import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A port of 127.0.0.1, or the path of a socket. */
type Where = number | string;

/** A memcached of a test's own. */
export interface Memcached {
  port: number;
  process: ChildProcess;
  stop(): Promise<void>;
}

export interface MemcachedOptions {
  /** One that is free, unless given. */
  port?: number;
  /** What `-l` is given: `127.0.0.1` unless told. */
  listen?(port: number): string;
  /** Listens there and on no port. */
  path?: string;
  args?: readonly string[];
  env?: Record<string, string>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

// It refuses to run as root.
const ACCOUNT = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];

const living = new Set<ChildProcess>();
process.once('exit', () => living.forEach((child) => child.kill('SIGKILL')));

/** Starts it and waits until it takes connections. */
export async function memcached(options: MemcachedOptions = {}): Promise<Memcached> {
  const { port = await freePort(), path, listen = () => '127.0.0.1', args = [] } = options;
  const where = path ? ['-s', path, '-a', '0777'] : ['-l', listen(port), '-p', String(port)];
  const env = { ...process.env, ...options.env };
  const child = spawn('memcached', [...ACCOUNT, '-m', '16', '-U', '0', ...where, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await once(child, 'spawn');
  living.add(child);
  const ended = once(child, 'exit').finally(() => living.delete(child));
  while (!(await takesConnections(path ?? port))) {
    if (child.exitCode !== null) throw new Error(`memcached ended with ${child.exitCode}`);
    await sleep(20);
  }
  return {
    port,
    process: child,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

// Node's own overloads take no union.
const dial = (where: Where): Socket => (typeof where === 'string' ? connect(where) : connect(where, '127.0.0.1'));

async function takesConnections(where: Where): Promise<boolean> {
  const socket = dial(where);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Says something to a memcached in its text protocol, and returns the first line of what it answers. */
async function say(where: Where, text: string): Promise<string> {
  const socket = dial(where);
  try {
    socket.write(`${text}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().split('\r\n')[0] ?? '';
  } finally {
    socket.destroy();
  }
}

export async function put(where: Where, key: string): Promise<void> {
  const answer = await say(where, `set ${key} 0 0 1\r\n1`);
  if (answer !== 'STORED') throw new Error(answer);
}

export const has = async (where: Where, key: string): Promise<boolean> => (await say(where, `get ${key}`)) !== 'END';
