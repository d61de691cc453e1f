import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ROOT, type Outcome, type Step } from './step.ts';

const run = promisify(execFile);

/** Where Keystone's own REST tests and the scripts that run them are. */
const SUITES = resolve(ROOT, process.env.KTS_CONFORMANCE ?? '../shared/conformance');
// Not below a home: its MariaDB runs as a user who may not pass there.
const WORK = process.env.KS_WORK ?? join(tmpdir(), 'keystone-ts-conformance');
const API = '127.0.0.1:18358';
const HEALTH = '127.0.0.1:18359';

const script = (name: string) => join(SUITES, name);
// Ports of its own, so that a set-up that somebody works with is left alone.
const PORTS = { KS_DB_PORT: '18306', KS_MEMCACHED_PORT: '18311', KS_PORT_CONF: '18357' };
const env = { ...process.env, ...PORTS, KS_WORK: WORK };

/** Python Keystone's own set-up of database, keys and policy; its server gives way to ours. */
async function prepare(): Promise<{ conf: string; override: string }> {
  const python = script('python-keystone.sh');
  await run('bash', [python, 'up', 'conf'], { env, maxBuffer: 1 << 26 });
  await run('bash', [python, 'testenv'], { env, maxBuffer: 1 << 26 });
  await run('bash', [python, 'down', 'conf'], { env });
  const files = join(WORK, 'inst/conf');
  const override = join(files, 'override.conf');
  writeFileSync(override, '');
  return { conf: join(files, 'keystone.conf'), override };
}

const reloads = async () => {
  const response = await fetch(`http://${HEALTH}/readyz`);
  return /^ready[^]*\nreloads (\d+)/.exec(await response.text())?.[1];
};

async function start({ conf, override }: { conf: string; override: string }): Promise<ChildProcess> {
  const args = ['--config-file', conf, '--config-file', override, '--bind', API, '--health-bind', HEALTH];
  const main = join(ROOT, 'apps/keystone/src/main.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    stdio: ['ignore', 'ignore', process.env.KTS_VERBOSE ? 'inherit' : 'ignore'],
  });
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the server under test ended with ${child.exitCode}`);
    if ((await reloads().catch(() => undefined)) !== undefined) return child;
    await sleep(100);
  }
  throw new Error('the server under test is not ready after 10 s');
}

/** A shell command that makes the server read its files again and returns when it has. */
const reloadCommand = (pid: number) => {
  const count = `curl -s http://${HEALTH}/readyz | sed -n 's/^reloads //p'`;
  return `sh -c 'was=$(${count.replaceAll("'", '"')}); kill -HUP ${pid}; while [ "$(${count.replaceAll("'", '"')})" = "$was" ]; do sleep 0.02; done'`;
};

/** Keystone's own REST tests whose id matches, sent to us alone. */
async function ownTests(filter: string): Promise<Outcome> {
  const files = await prepare();
  const server = await start(files);
  const settings = {
    ...env,
    KS_CONF: files.conf,
    KS_OVERRIDE: files.override,
    KS_RELOAD: reloadCommand(server.pid ?? 0),
  };
  try {
    const args = [script('test_v3_remote.sh'), `http://${API}`, filter];
    const { stdout } = await run('bash', args, { env: settings, maxBuffer: 1 << 28 }).catch((error: unknown) => ({
      stdout: String((error as { stdout?: string }).stdout ?? error),
    }));
    process.stdout.write(stdout);
    const [, passed, failed, skipped] = /(\d+) passed, (\d+) failed, (\d+) skipped/.exec(stdout) ?? [];
    if (passed === undefined) return { passed: 0, failed: 1, skipped: 0 };
    return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
  } finally {
    server.kill('SIGTERM');
    await run('bash', [script('python-keystone.sh'), 'down'], { env }).catch(() => undefined);
  }
}

/** What of the upstream suites must pass. Where they are not at hand the step says so; in CI that is a failure. */
export const conformance = (filter: string): Step => ({
  name: `conformance ${filter}`,
  async run() {
    if (existsSync(SUITES)) return ownTests(filter);
    process.stdout.write(`The upstream suites are not in ${SUITES}; KTS_CONFORMANCE names another place.\n`);
    return process.env.CI ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
  },
});
