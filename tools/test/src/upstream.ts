import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { installServers } from '@keystone/stack-tool';
import { parse } from 'yaml';
import { ROOT } from './step.ts';

export const run = promisify(execFile);

/** Where Keystone's own REST tests and the scripts that run them are. */
export const SUITES = resolve(ROOT, process.env.KTS_CONFORMANCE ?? '../shared/conformance');
export const haveSuites = () => existsSync(SUITES);
export const script = (name: string) => join(SUITES, name);

// Not below a home: its MariaDB runs as a user who may not pass there.
const WORK = process.env.KS_WORK ?? join(tmpdir(), 'keystone-ts-conformance');
// Ports of its own, so that a set-up that somebody works with is left alone.
const PYTHON = 18_357;
const API = 18_358;
const HEALTH = 18_359;
const ENVOY = 18_360;
const PORTS = { KS_DB_PORT: '18306', KS_MEMCACHED_PORT: '18311', KS_PORT_CONF: String(PYTHON) };
export const env = { ...process.env, ...PORTS, KS_WORK: WORK };

const python = (...args: string[]) => run('bash', [script('python-keystone.sh'), ...args], { env, maxBuffer: 1 << 26 });

/** What the tests are sent to, and how they change its configuration. */
export interface UnderTest {
  url: string;
  settings: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

const reloads = async () => {
  const response = await fetch(`http://127.0.0.1:${HEALTH}/readyz`);
  return /^ready[^]*\nreloads (\d+)/.exec(await response.text())?.[1];
};

async function ours(files: readonly string[]): Promise<ChildProcess> {
  const config = files.flatMap((file) => ['--config-file', file]);
  const binds = ['--bind', `127.0.0.1:${API}`, '--health-bind', `127.0.0.1:${HEALTH}`];
  const main = join(ROOT, 'apps/keystone/src/main.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...config, ...binds], {
    stdio: ['ignore', 'ignore', process.env.KTS_VERBOSE ? 'inherit' : 'ignore'],
  });
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the server under test ended with ${child.exitCode}`);
    if ((await reloads().catch(() => undefined)) !== undefined) return child;
    await sleep(100);
  }
  throw new Error('the server under test is not ready after 10 s');
}

interface EnvoyCluster {
  name: string;
  type: string;
  load_assignment?: {
    endpoints: {
      lb_endpoints: {
        endpoint: {
          address: { socket_address: { address: string; port_value: number } };
          health_check_config?: { port_value: number };
        };
      }[];
    }[];
  };
}

/** The generated configuration with all our services at one address and Python at another. */
function envoyConfig(): string {
  const config = parse(readFileSync(join(ROOT, 'envoy.yaml'), 'utf8'));
  const address = (port: number) => ({ address: '127.0.0.1', port_value: port });
  config.admin.address.socket_address = address(ENVOY + 1);
  config.static_resources.listeners[0].address.socket_address = address(ENVOY);
  for (const cluster of config.static_resources.clusters as EnvoyCluster[]) {
    const endpoint = cluster.load_assignment?.endpoints[0]?.lb_endpoints[0]?.endpoint;
    if (!endpoint) continue;
    cluster.type = 'STATIC';
    endpoint.address.socket_address = address(cluster.name === 'python' ? PYTHON : API);
    if (endpoint.health_check_config) endpoint.health_check_config.port_value = HEALTH;
  }
  return JSON.stringify(config);
}

async function envoy(): Promise<ChildProcess> {
  const { envoy: program } = await installServers(['envoy']);
  const file = join(WORK, 'envoy.json');
  writeFileSync(file, envoyConfig());
  const child = spawn(program, ['--config-path', file, '--disable-hot-restart', '--log-level', 'error'], {
    stdio: 'ignore',
  });
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${ENVOY + 1}/ready`).catch(() => undefined);
    if (answer?.ok) return child;
    await sleep(100);
  }
  throw new Error('Envoy is not ready after 10 s');
}

/** A shell command that makes every server read its files again and returns when they have. */
function reloadCommand(pid: number | undefined, withPython: boolean): string {
  const count = `curl -s http://127.0.0.1:${HEALTH}/readyz | sed -n "s/^reloads //p"`;
  const own = `was=$(${count}); kill -HUP ${pid}; while [ "$(${count})" = "$was" ]; do sleep 0.02; done`;
  const theirs = withPython ? `; bash ${script('python-keystone.sh')} reload conf` : '';
  return `sh -c '${own}${theirs}'`;
}

/**
 * Our server on the files of a Python Keystone, set up by its own tools. Alone nothing reaches Python; else Envoy sends it
 * what is not ours.
 */
export async function underTest(alone: boolean): Promise<UnderTest> {
  await python('up', 'conf');
  await python('testenv');
  if (alone) await python('down', 'conf');
  const files = join(WORK, 'inst/conf');
  const [conf, override] = [join(files, 'keystone.conf'), join(files, 'override.conf')];
  if (alone || !existsSync(override)) writeFileSync(override, '');
  const server = await ours([conf, override]);
  const proxy = alone ? undefined : await envoy();
  return {
    url: `http://127.0.0.1:${alone ? API : ENVOY}`,
    settings: { ...env, KS_CONF: conf, KS_OVERRIDE: override, KS_RELOAD: reloadCommand(server.pid, !alone) },
    async stop() {
      proxy?.kill('SIGTERM');
      server.kill('SIGTERM');
      await python('down');
    },
  };
}
