import { execFile } from 'node:child_process';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { installOpenstackClient } from '@keystone/stack-tool';
import { beforeAll, expect, test } from 'vitest';
import { call, logIn, passwordBody } from './client.ts';
import { interopStack } from './stack.ts';
import { scopes, world, type World } from './world.ts';

let it: World;
let envoy: string;

beforeAll(async () => {
  const stack = await interopStack();
  it = await world(stack);
  envoy = stack.urls.envoy;
});

const answeredBy = async (method: string, path: string, sent = {}) => {
  const { headers, status } = await call(envoy, method, path, { token: it.admin, ...sent });
  return { by: headers['x-keystone-service'] ?? 'python', status };
};

test('our operations are answered by us, everything else by Python', async () => {
  expect(await answeredBy('GET', '/v3')).toEqual({ by: 'token', status: 200 });
  expect(await answeredBy('GET', '/v3/auth/tokens', { subject: it.admin })).toEqual({ by: 'token', status: 200 });
  expect(await answeredBy('HEAD', '/v3/auth/tokens', { subject: it.admin })).toEqual({ by: 'token', status: 200 });
  expect(await answeredBy('GET', '/v3/regions')).toEqual({ by: 'catalog', status: 200 });
  expect(await answeredBy('GET', `/v3/users/${it.user.id}`)).toEqual({ by: 'identity', status: 200 });
  expect(await answeredBy('GET', `/v3/projects/${it.project}`)).toEqual({ by: 'assignment', status: 200 });
  expect(await answeredBy('GET', '/v3/credentials')).toEqual({ by: 'python', status: 200 });
  expect(await answeredBy('POST', '/v3/users', { body: {} })).toEqual({ by: 'python', status: 400 });
  expect(await answeredBy('GET', '/v3/OS-TRUST/trusts')).toEqual({ by: 'python', status: 200 });
});

test('a login by a method that is not ours is handed to Python, and the token of its making is ours to validate', async () => {
  const { token } = await logIn(
    envoy,
    passwordBody({ user: { id: it.user.id }, password: it.user.password, scope: scopes(it).project }),
  );
  const created = await call(envoy, 'POST', `/v3/users/${it.user.id}/application_credentials`, {
    token,
    body: { application_credential: { name: 'handed-over' } },
  });
  const { id, secret } = created.body.application_credential;
  const body = { auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } } } };
  const issued = await call(envoy, 'POST', '/v3/auth/tokens', { body });
  expect([issued.status, issued.headers['x-keystone-service'], issued.headers['x-keystone-hand-over']]).toEqual([
    201,
    undefined,
    undefined,
  ]);
  const subject = String(issued.headers['x-subject-token']);
  expect(await answeredBy('GET', '/v3/auth/tokens', { subject })).toEqual({ by: 'token', status: 200 });
  expect(await answeredBy('GET', '/v3/auth/projects', { token: subject })).toEqual({ by: 'token', status: 200 });
});

test('the real client works through Envoy', async () => {
  const { openstack } = await installOpenstackClient();
  const env = { ...process.env, ...(await it.stack.env()) };
  const commands = [
    'token issue',
    'catalog list',
    'user show admin',
    'project list',
    'role list',
    'endpoint list',
    'user create passer-by --or-show',
  ];
  for (const command of commands) {
    const { stdout } = await promisify(execFile)(openstack, [...command.split(' '), '-f', 'json'], { env });
    expect(JSON.parse(stdout)).toBeTruthy();
  }
});

/** Requests without pause until told to stop; what was not a success is kept. */
function load(paths: readonly string[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const failures: string[] = [];
  const state = { running: true, answers: 0, by: new Set<string>() };
  const pound = async (path: string) => {
    while (state.running) {
      try {
        const { status, headers } = await call(envoy, 'GET', path, { token: it.admin, subject: it.admin, agent });
        state.answers += 1;
        state.by.add(String(headers['x-keystone-service'] ?? 'python'));
        if (status !== 200) failures.push(`${path} ${status}`);
      } catch (error) {
        failures.push(`${path} ${(error as Error).message}`);
      }
    }
  };
  const done = Promise.all(paths.flatMap((path) => [pound(path), pound(path)]));
  return {
    state,
    async stop() {
      state.running = false;
      await done;
      agent.destroy();
      return failures;
    },
  };
}

const OURS = ['/v3/auth/tokens', '/v3/regions', '/v3/roles'];

test('a service restarted under load drops no request', async () => {
  const running = load(OURS);
  await sleep(500);
  for (const name of ['token', 'catalog', 'assignment'] as const) await it.stack.restart(name);
  await sleep(2000);
  expect(await running.stop()).toEqual([]);
  expect(running.state.answers).toBeGreaterThan(100);
});

test('our services killed, Python answers the same routes, and gives them back', async () => {
  const running = load(OURS);
  await sleep(300);
  for (const name of ['token', 'identity', 'assignment', 'catalog'] as const) await it.stack.kill(name);
  await sleep(2500);
  expect(await answeredBy('GET', '/v3/regions')).toEqual({ by: 'python', status: 200 });
  expect(await answeredBy('GET', '/v3/auth/tokens', { subject: it.admin })).toEqual({ by: 'python', status: 200 });
  for (const name of ['token', 'identity', 'assignment', 'catalog'] as const) await it.stack.start(name);
  await expect
    .poll(() => answeredBy('GET', '/v3/regions'), { timeout: 15_000 })
    .toEqual({ by: 'catalog', status: 200 });
  expect(await running.stop()).toEqual([]);
});
