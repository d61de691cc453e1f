import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stack } from './control.ts';
import { freeBase, isFree } from './ports.ts';
import { startStack, type StackOptions } from './stack.ts';
import { processesIn, temporaryFolder } from './testing.ts';

/** Python takes seconds to start, many on a busy machine. */
const SLOW = 120_000;

const folder = temporaryFolder();
const options: StackOptions = {
  dir: folder,
  services: [],
  envoyConfig: join(import.meta.dirname, 'envoy.fixture.yaml'),
};
let stack: Stack;

beforeAll(async () => {
  options.base = await freeBase();
  stack = await startStack(options);
}, 600_000);

afterAll(async () => {
  await stack.down({ clean: true });
}, SLOW);

async function login(): Promise<{ token: string; body: Record<string, unknown> }> {
  const { OS_PASSWORD } = await stack.env();
  const user = { name: 'admin', domain: { name: 'Default' }, password: OS_PASSWORD };
  const project = { name: 'admin', domain: { name: 'Default' } };
  const auth = { identity: { methods: ['password'], password: { user } }, scope: { project } };
  const response = await fetch(`${stack.urls.envoy}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  expect(response.status).toBe(201);
  return { token: response.headers.get('x-subject-token') ?? '', body: (await response.json()) as never };
}

const validate = async (token: string) =>
  (await fetch(`${stack.urls.envoy}/v3/auth/tokens`, { headers: { 'x-auth-token': token, 'x-subject-token': token } }))
    .status;

test(
  'Python Keystone issues and validates tokens through Envoy, whose address is in the catalog',
  async () => {
    const { token, body } = await login();
    expect(await validate(token)).toBe(200);
    expect(body).toMatchObject({
      token: {
        user: { name: 'admin' },
        catalog: [
          { type: 'identity', endpoints: Array(3).fill({ url: `${stack.urls.envoy}/v3`, region: 'RegionOne' }) },
        ],
      },
    });
  },
  SLOW,
);

test(
  'a part that is killed leaves the others running, and comes back',
  async () => {
    await stack.kill('python');
    expect(stack.processes('python')).toEqual([]);
    expect((await fetch(`${stack.urls.envoy}/v3`)).status).toBe(503);
    await stack.start('python');
    expect((await fetch(`${stack.urls.envoy}/v3`)).status).toBe(200);
  },
  SLOW,
);

test(
  'a database that is killed has kept what it held',
  async () => {
    await stack.kill('mariadb');
    await stack.start('mariadb');
    expect(await stack.sql(`SELECT name FROM local_user`)).toEqual([{ name: 'admin' }]);
  },
  SLOW,
);

test('the binlog carries rows', async () => {
  expect(await stack.sql(`SELECT @@log_bin AS kept, @@binlog_format AS format`)).toEqual([{ kept: 1, format: 'ROW' }]);
});

test(
  'keystone-manage works on the same keys, and Python sees it',
  async () => {
    const keys = () => readdirSync(join(folder, 'etc', 'fernet-keys')).length;
    const { token } = await login();
    const before = keys();
    await stack.python(['fernet_rotate']);
    expect(keys()).toBe(before + 1);
    expect(await validate(token)).toBe(200);
  },
  SLOW,
);

test(
  'up again leaves alone what runs as it should, and restarts what was given other options',
  async () => {
    const pids = () => ({ mariadb: stack.processes('mariadb'), python: stack.processes('python')[0] });
    const before = pids();
    const again = await startStack(options);
    expect(pids()).toEqual(before);
    expect(await again.env()).toEqual(await stack.env());
    await startStack({ ...options, cache: true });
    expect(pids().mariadb).toEqual(before.mariadb);
    expect(pids().python).not.toBe(before.python);
    expect(stack.processes('memcached')).toHaveLength(1);
    expect(await validate((await login()).token)).toBe(200);
  },
  SLOW,
);

test('a second stack runs beside the first', async () => {
  const dir = temporaryFolder();
  const second = await startStack({ dir, base: await freeBase(), only: ['nats'] });
  expect((await fetch(`${second.urls.natsMonitor}/healthz`)).status).toBe(200);
  expect((await fetch(`${stack.urls.natsMonitor}/healthz`)).status).toBe(200);
  await second.down();
  expect(processesIn(dir)).toEqual([]);
  expect((await fetch(`${stack.urls.natsMonitor}/healthz`)).status).toBe(200);
  rmSync(dir, { recursive: true });
});

test('a port that somebody else has is named, and nothing stays behind', async () => {
  const dir = temporaryFolder();
  const base = stack.ports.envoy;
  await expect(startStack({ dir, base, only: ['nats'] })).rejects.toThrow(`port ${base + 3}, where nats would listen`);
  expect(processesIn(dir)).toEqual([]);
  rmSync(dir, { recursive: true });
});

test(
  'down leaves no process and frees the ports',
  async () => {
    expect(processesIn(folder).length).toBeGreaterThan(5);
    await stack.down();
    expect(processesIn(folder)).toEqual([]);
    const { envoy, python, mariadb, nats, memcached, envoyAdmin } = stack.ports;
    for (const port of [envoy, python, mariadb, nats, memcached, envoyAdmin]) expect(await isFree(port)).toBe(true);
  },
  SLOW,
);
