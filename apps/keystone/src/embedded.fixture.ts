import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { parse } from 'yaml';

const MAIN = join(import.meta.dirname, 'main.ts');
const trash: string[] = [];
const children = new Set<ReturnType<typeof spawn>>();

afterAll(() => {
  children.forEach((child) => child.kill('SIGKILL'));
  trash.forEach((path) => rmSync(path, { recursive: true, force: true }));
});

export function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'kts-embedded-'));
  trash.push(made);
  return made;
}

/** An address that nobody listens on at the moment. */
export async function freeAddress(): Promise<string> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

export interface Embedded {
  /** `http://127.0.0.1:1234` */
  url: string;
  health: string;
  clouds: string;
  /** What it has printed, and what it has logged. */
  said(): string;
  logged(): string;
  kill(signal?: NodeJS.Signals): Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
}

export interface Start {
  data: string;
  bind?: string;
  env?: Record<string, string>;
}

/** The real command, in an environment that knows nothing of the user's. */
export async function begin({ data, bind, env = {} }: Start) {
  const [address, health] = [bind ?? (await freeAddress()), await freeAddress()];
  // In every value oslo.config takes `$x` for another option.
  const args = ['--data-dir', data.replaceAll('$', '$$$$'), '--bind', address, '--health-bind', health];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: {
      HOME: data,
      PATH: process.env['PATH'],
      OS_KTS__DRAIN_NOTICE: '0',
      OS_IDENTITY__PASSWORD_HASH_ROUNDS: '4',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => stdout.includes('openstack token issue') && resolve());
    void ended.then((code) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  ready.catch(() => undefined);
  const embedded: Embedded = {
    url: `http://${address}`,
    health: `http://${health}`,
    clouds: join(data, 'clouds.yaml'),
    said: () => stdout,
    logged: () => stderr,
    async kill(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
    signal: (signal) => void child.kill(signal),
  };
  return { ...embedded, ended, ready };
}

/** Starts it and waits until it says what to type. @throws what it has logged, if it ends instead */
export async function start(options: Start): Promise<Embedded> {
  const embedded = await begin(options);
  await embedded.ready;
  return embedded;
}

interface Cloud {
  auth: { auth_url: string; username: string; password: string; project_name?: string; system_scope?: string };
}

export const cloudsIn = (path: string) =>
  (parse(readFileSync(path, 'utf8')) as { clouds: Record<'keystone' | 'keystone-system', Cloud> }).clouds;

/** Logs in as a client does with that entry of clouds.yaml. */
export async function logIn({ auth }: Cloud): Promise<Response> {
  const domain = { name: 'Default' };
  const user = { name: auth.username, password: auth.password, domain };
  const scope = auth.project_name ? { project: { name: auth.project_name, domain } } : { system: { all: true } };
  return fetch(`${auth.auth_url}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope } }),
  });
}

/** A tool that some tests need: where it is missing they are left out, but not in CI. */
export function tool(variable: string): string | undefined {
  const path = process.env[variable];
  if (!path && process.env['CI']) throw new Error(`${variable} is not set`);
  return path;
}

export async function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, {
    env: { HOME: directory(), PATH: process.env['PATH'], ...env },
    maxBuffer: 1 << 24,
  });
  return stdout;
}
