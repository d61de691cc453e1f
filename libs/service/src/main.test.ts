import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SECRETS } from './module.fixture.ts';
import { directory } from './service.fixture.ts';

const MAIN = join(import.meta.dirname, 'main.fixture.ts');
const PORTS = ['--bind', '127.0.0.1:0', '--health-bind', '127.0.0.1:0'];

interface Line {
  message: string;
  [field: string]: unknown;
}

/** The real command of a service, with nobody's configuration but its own. */
function command(args: readonly string[], notice = '0') {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: { HOME: directory(), OS_KTS__DRAIN_NOTICE: notice },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk));
  const lines = () =>
    stderr
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
  const logged = async (message: string): Promise<Line> => {
    const found = () => lines().findLast((line) => line.message === message);
    await expect.poll(found, { timeout: 20_000 }).toBeDefined();
    return found() as Line;
  };
  return { logged, lines, kill: (signal: NodeJS.Signals) => child.kill(signal), ended, stderr: () => stderr };
}

const conf = (text: string) => {
  const file = join(directory(), 'keystone.conf');
  writeFileSync(file, text);
  return file;
};

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0', async (signal) => {
  const { logged, kill, ended } = command(PORTS);
  await logged('serving');
  kill(signal);
  expect(await ended).toBe(0);
  expect(await logged('draining')).toMatchObject({ level: 'info' });
});

test('SIGHUP reads the configuration again; a file that has become wrong is logged and changes nothing', async () => {
  const file = conf('');
  const { logged, kill, ended } = command(['--config-file', file, ...PORTS]);
  const { url } = await logged('serving');
  const challenge = async () => (await fetch(`${String(url)}/v3/regions`)).headers.get('www-authenticate');
  writeFileSync(file, '[DEFAULT]\npublic_endpoint = http://new.example\n');
  kill('SIGHUP');
  expect(await logged('configuration read again')).toMatchObject({ reloads: 1 });
  expect(await challenge()).toContain('http://new.example/v3');

  writeFileSync(file, '[DEFAULT]\npublic_endpoint = http://newer.example\n[kts]\ndrain_timeout = soon\n');
  kill('SIGHUP');
  const complaint = await logged('the configuration cannot be read again; the old one holds');
  expect(complaint).toMatchObject({ level: 'error', error: { message: expect.stringContaining('drain_timeout') } });
  expect(await challenge()).toContain('http://new.example/v3');
  kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('after SIGTERM there is the time of drain_notice to notice', async () => {
  const { logged, kill, ended } = command(PORTS, '3');
  const { health } = await logged('serving');
  kill('SIGTERM');
  await logged('draining');
  expect((await fetch(`${String(health)}/readyz`)).status).toBe(503);
  expect(await ended).toBe(0);
});

test('an error that nobody waits for ends it with 1, and its last words are a line of the log without secrets', async () => {
  const { logged, ended, stderr } = command(PORTS);
  const { url } = await logged('serving');
  await fetch(`${String(url)}/v3/policies`).catch(() => undefined);
  expect(await ended).toBe(1);
  expect(await logged('crashed')).toMatchObject({ level: 'error', error: { message: 'lost ***' } });
  expect(stderr()).not.toContain(SECRETS.token);
});

async function taken(): Promise<string> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const database = `mysql+pymysql://keystone:${SECRETS.password}@127.0.0.1:1/keystone`;

test.each([
  ['a taken port', async () => ['--bind', await taken()], /^--bind 127\.0\.0\.1:\d+ is taken by another process\n$/],
  ['a flag that is none', async () => ['--port', '5000'], /'--port'.*\nFlags:\n {2}--config-file FILE/],
  ['a file that is missing', async () => ['--config-file', '/nowhere.conf'], /^\/nowhere\.conf: does not exist\n$/],
  [
    'a wrong value',
    async () => ['--config-file', conf('[kts]\nquestion_timeout = soon\n')],
    /keystone\.conf.*\[kts\] question_timeout/,
  ],
  [
    'a broken policy file',
    async () => ['--config-file', conf(`[oslo_policy]\npolicy_file = ${conf('[')}\n`)],
    /^policy file \/.*: Flow sequence must end/,
  ],
  [
    'a database that is away',
    async () => ['--config-file', conf(`[database]\nconnection = ${database}\n`)],
    /^\[database\] connection cannot be used: ECONNREFUSED/,
  ],
])('%s ends the start with 1 and says what is wrong', async (_what, args, words) => {
  const { ended, stderr } = command(['--health-bind', '127.0.0.1:0', ...(await args())]);
  expect(await ended).toBe(1);
  const said = stderr().replaceAll(/^\{.*\}\n/gm, '');
  expect(said).toMatch(words);
  expect(said).not.toMatch(/^ +at /m);
  expect(stderr()).not.toContain(SECRETS.password);
});
