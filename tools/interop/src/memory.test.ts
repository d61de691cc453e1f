import { memoryIs, startChangeFeed, type RunningFeed } from '@keystone/stack-tool';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { call, logIn, passwordBody, sorted } from './client.ts';
import { interopStack } from './stack.ts';
import { scopes, world, type World } from './world.ts';

let it: World;
let ours: string;
let python: string;
let feed: RunningFeed;

beforeAll(async () => {
  const stack = await interopStack();
  ours = stack.urls.services.token;
  python = stack.urls.python;
  feed = await startChangeFeed(stack);
  await memoryIs(stack, true);
});
afterAll(() => feed.stop());

beforeEach(async () => {
  it = await world(await interopStack());
});

const login = (scope: unknown) => passwordBody({ user: { id: it.user.id }, password: it.user.password, scope });
const validate = (base: string, subject: string, query = '') =>
  call(base, 'GET', `/v3/auth/tokens${query}`, { token: it.admin, subject });

const metric = async (name: string) => {
  const text = await (await fetch(`${it.stack.urls.health.token}/metrics`)).text();
  return Number(new RegExp(`^keystone_token_memory_${name}\\S* (\\S+)`, 'm').exec(text)?.[1]);
};

/** How often it says so until it does: the feed takes a moment. */
const settles = (subject: string, status: number) =>
  expect.poll(async () => (await validate(ours, subject)).status, { interval: 5, timeout: 2000 }).toBe(status);

test('a second validation comes from memory, and is what Python says', async () => {
  const { token } = await logIn(python, login(scopes(it).project));
  await validate(ours, token);
  const before = await metric('hits');
  const [here, there] = await Promise.all([validate(ours, token), validate(python, token)]);
  expect(sorted(here.body)).toEqual(sorted(there.body));
  expect(here.headers['x-subject-token']).toBe(token);
  expect(await metric('hits')).toBeGreaterThan(before);
  const [short, shortThere] = await Promise.all([
    validate(ours, token, '?nocatalog'),
    validate(python, token, '?nocatalog'),
  ]);
  expect(sorted(short.body)).toEqual(sorted(shortThere.body));
  const { status, headers, body } = await call(ours, 'HEAD', '/v3/auth/tokens', { token: it.admin, subject: token });
  expect([status, headers['content-length'], body]).toEqual([200, here.headers['content-length'], '']);
});

test('what Python changes is forgotten', async () => {
  const { token } = await logIn(ours, login(scopes(it).project));
  const grant = `/v3/projects/${it.project}/groups/${it.group}/roles/${it.role}`;
  const changes: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    ['role', () => it.python('DELETE', grant), () => it.python('PUT', grant)],
    [
      'project',
      () => it.python('PATCH', `/v3/projects/${it.project}`, { project: { enabled: false } }),
      () => it.python('PATCH', `/v3/projects/${it.project}`, { project: { enabled: true } }),
    ],
    [
      'domain',
      () => it.python('PATCH', `/v3/domains/${it.domain}`, { domain: { enabled: false } }),
      () => it.python('PATCH', `/v3/domains/${it.domain}`, { domain: { enabled: true } }),
    ],
    ['group', () => it.python('DELETE', `/v3/groups/${it.group}/users/${it.user.id}`), () => Promise.resolve()],
  ];
  for (const [, change, back] of changes) {
    await settles(token, 200);
    await change();
    await settles(token, 404);
    await back();
  }
});

test('a name, a catalog, a role’s name changed by hand in the database show', async () => {
  const { token } = await logIn(ours, login(scopes(it).project));
  await validate(ours, token);
  await it.stack.sql(`UPDATE project SET name = 'renamed-${it.project.slice(0, 6)}' WHERE id = '${it.project}'`);
  await expect
    .poll(async () => (await validate(ours, token)).body.token.project.name, { interval: 5, timeout: 2000 })
    .toBe(`renamed-${it.project.slice(0, 6)}`);
  await it.stack.sql(`UPDATE local_user SET name = 'nobody-${it.user.id.slice(0, 6)}' WHERE user_id = '${it.user.id}'`);
  await expect
    .poll(async () => (await validate(ours, token)).body.token.user.name, { interval: 5, timeout: 2000 })
    .toBe(`nobody-${it.user.id.slice(0, 6)}`);
  const { service } = await it.python('POST', '/v3/services', { service: { type: `t-${it.user.id}` } });
  const types = async () => (await validate(ours, token)).body.token.catalog.map(({ type }: { type: string }) => type);
  await expect.poll(types, { interval: 5, timeout: 2000 }).toContain(`t-${it.user.id}`);
  await it.python('DELETE', `/v3/services/${service.id}`);
  await expect.poll(types, { interval: 5, timeout: 2000 }).not.toContain(`t-${it.user.id}`);
});

test('what we revoke is refused from the moment that the client is answered', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { token } = await logIn(ours, login(scopes(it).project));
    await validate(ours, token);
    expect((await validate(ours, token)).status).toBe(200);
    await call(ours, 'DELETE', '/v3/auth/tokens', { token: it.admin, subject: token });
    expect((await validate(ours, token)).status).toBe(404);
  }
});

test('without the change feed nothing comes from memory, and nothing is stale', async () => {
  const { token } = await logIn(ours, login(scopes(it).project));
  await validate(ours, token);
  await feed.stop('SIGKILL');
  await memoryIs(it.stack, false);
  await it.python('PATCH', `/v3/projects/${it.project}`, { project: { enabled: false } });
  expect((await validate(ours, token)).status).toBe(404);
  feed = await startChangeFeed(it.stack);
  await memoryIs(it.stack, true);
  expect((await validate(ours, token)).status).toBe(404);
});
