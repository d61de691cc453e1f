import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A memcached of a test's own. */
export interface Memcached {
  port: number;
  process: ChildProcess;
  stop(): Promise<void>;
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

export interface MemcachedOptions {
  /** One that is free, unless given. */
  port?: number;
  /** Where it listens: `127.0.0.1` unless given. */
  args?: readonly string[];
  env?: Record<string, string>;
}

/** Starts it and waits until it takes connections on its port, or for the end of it. */
export async function memcached(options: MemcachedOptions = {}): Promise<Memcached> {
  const port = options.port ?? (await freePort());
  const args = [...ACCOUNT, '-m', '16', '-U', '0', '-l', '127.0.0.1', '-p', String(port), ...(options.args ?? [])];
  const env = { ...process.env, ...options.env };
  const child = spawn('memcached', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  process.once('exit', () => void child.kill('SIGKILL'));
  while (!(await takesConnections(port))) {
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

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
