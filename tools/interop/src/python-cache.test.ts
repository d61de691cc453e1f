import { loadConfig } from '@keystone/config';
import { pythonCache, regionsOf, type Change, type PythonCache } from '@keystone/python-cache';
import { defaultFolder, startStack, type Stack } from '@keystone/stack-tool';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ADMIN_PROJECT, call, logIn, passwordBody } from './client.ts';
import { scopes, world, type World } from './world.ts';

/** A stack of its own: its Python Keystone keeps what it can in memcached, as no other test's does. */
const BASE = 19_000;
const SERVICES = ['token', 'identity', 'assignment', 'catalog'] as const;

let stack: Stack;
let it: World;
let python: string;
let cache: PythonCache;

beforeAll(async () => {
  const only = ['python', 'memcached', ...SERVICES] as const;
  stack = await startStack({ base: BASE, dir: defaultFolder(BASE), cache: true, only, atExit: 'clean' });
  python = stack.urls.python;
  const log = { info: () => undefined, warn: (message: string) => expect.fail(message) };
  cache = pythonCache(loadConfig({ files: [stack.conf] }).cache, { log });
});

afterAll(async () => {
  await cache?.close();
  await stack?.down({ clean: true });
});

beforeEach(async () => {
  it = await world(stack);
});

interface Told {
  change: Change;
  /** What Python answers: its member that the write changes. */
  seen(): Promise<unknown>;
  write(): Promise<unknown>;
  before: unknown;
  after: unknown;
}

/** A write that Python does not notice, until it is told. */
async function expectTold({ change, seen, write, before, after }: Told): Promise<void> {
  expect(await seen()).toEqual(before);
  await write();
  // Else this shows nothing: Python would not have kept it.
  expect(await seen()).toEqual(before);
  await cache.invalidate(regionsOf(change));
  expect(await seen()).toEqual(after);
}

const validated = async (subject: string) =>
  (await call(python, 'GET', '/v3/auth/tokens', { token: it.admin, subject })).body.token;

const login = async (base: string, scope: unknown) =>
  (await logIn(base, passwordBody({ user: { id: it.user.id }, password: it.user.password, scope }))).token;

test('a region changed in the database', async () => {
  const { region } = await it.python('POST', '/v3/regions', { region: { description: 'old' } });
  await expectTold({
    change: 'region.updated',
    seen: async () => (await it.python('GET', `/v3/regions/${region.id}`)).region.description,
    write: () => stack.sql(`UPDATE region SET description = 'new' WHERE id = '${region.id}'`),
    before: 'old',
    after: 'new',
  });
});

test('an endpoint changed in the database, in the catalog of a token', async () => {
  const { service } = await it.python('POST', '/v3/services', { service: { type: it.user.name } });
  const draft = { service_id: service.id, interface: 'public', url: 'http://old' };
  const { endpoint } = await it.python('POST', '/v3/endpoints', { endpoint: draft });
  const token = await login(python, scopes(it).project);
  const urlIn = (catalog: { type: string; endpoints: { url: string }[] }[]) =>
    catalog.find(({ type }) => type === it.user.name)?.endpoints[0]?.url;
  await expectTold({
    change: 'endpoint.updated',
    seen: async () => [
      urlIn((await call(python, 'GET', '/v3/auth/catalog', { token })).body.catalog),
      urlIn((await validated(token)).catalog),
      (await it.python('GET', `/v3/endpoints/${endpoint.id}`)).endpoint.url,
    ],
    write: () => stack.sql(`UPDATE endpoint SET url = 'http://new' WHERE id = '${endpoint.id}'`),
    before: ['http://old', 'http://old', 'http://old'],
    after: ['http://new', 'http://new', 'http://new'],
  });
});

test('a user renamed in the database, himself and in his token', async () => {
  const token = await login(python, scopes(it).project);
  const { id, name } = it.user;
  await expectTold({
    change: 'user.updated',
    seen: async () => [(await it.python('GET', `/v3/users/${id}`)).user.name, (await validated(token)).user.name],
    write: () => stack.sql(`UPDATE local_user SET name = '${name}-new' WHERE user_id = '${id}'`),
    before: [name, name],
    after: [`${name}-new`, `${name}-new`],
  });
});

test('a grant made and taken away in the database, in tokens and in the list of projects', async () => {
  const { name, id: user } = it.user;
  const role = (await it.python('POST', '/v3/roles', { role: { name } })).role.id as string;
  const other = (await it.python('POST', '/v3/projects', { project: { name } })).project.id as string;
  const token = await login(python, scopes(it).project);
  const grantOn = (project: string) => `('UserProject', '${user}', '${project}', '${role}', 0)`;
  const seen = async () => {
    const { roles } = await validated(token);
    const { projects } = await it.python('GET', `/v3/users/${user}/projects`);
    return [roles.some((held: { id: string }) => held.id === role), projects.length];
  };
  await expectTold({
    change: 'grant.created',
    seen,
    write: () =>
      stack.sql(`INSERT INTO assignment (type, actor_id, target_id, role_id, inherited)
        VALUES ${grantOn(it.project)}, ${grantOn(other)}`),
    before: [false, 1],
    after: [true, 2],
  });
  await expectTold({
    change: 'grant.deleted',
    seen,
    write: () => stack.sql(`DELETE FROM assignment WHERE role_id = '${role}'`),
    before: [true, 2],
    after: [false, 1],
  });
});

/** An event by audit id, as whoever revokes a token writes it. */
async function revokeBySql(token: string): Promise<void> {
  const { audit_ids } = await validated(token);
  await stack.sql(`INSERT INTO revocation_event (audit_id, issued_before, revoked_at)
    VALUES ('${audit_ids[0]}', UTC_TIMESTAMP() + INTERVAL 1 SECOND, UTC_TIMESTAMP())`);
}

const statusOf = async (subject: string) =>
  (await call(python, 'GET', '/v3/auth/tokens', { token: it.admin, subject })).status;

test('a token revoked in the database', async () => {
  const token = await login(python, scopes(it).project);
  await expectTold({
    change: 'revocation_event.created',
    seen: () => statusOf(token),
    write: () => revokeBySql(token),
    before: 200,
    after: 404,
  });
});

test('a token that we revoke is refused by Python in its next answer', async () => {
  const ours = stack.urls.services.token;
  for (const base of [ours, python]) {
    const token = await login(base, scopes(it).project);
    expect(await statusOf(token)).toBe(200);
    await call(ours, 'DELETE', '/v3/auth/tokens', { token: it.admin, subject: token });
    expect(await statusOf(token)).toBe(404);
  }
});

/** How many processes of Python answer, each with one thread (tools/stack/src/python.ts). */
const PROCESSES = 2;

test('it is refused as the caller’s too, but for what a thread of Python has left of its last request', async () => {
  const token = await login(python, scopes(it).project);
  const status = async () => (await call(python, 'GET', '/v3/auth/projects', { token })).status;
  expect(await status()).toBe(200);
  await call(stack.urls.services.token, 'DELETE', '/v3/auth/tokens', { token: it.admin, subject: token });
  const answers: number[] = [];
  for (let asked = 0; asked < 10; asked += 1) answers.push(await status());
  expect(answers.filter((answer) => answer === 200).length).toBeLessThanOrEqual(PROCESSES);
  expect(answers.at(-1)).toBe(401);
});

test('what we write to the catalog is in Python’s next answer', async () => {
  const ours = async (method: string, path: string, body?: unknown) => {
    const answer = await call(stack.urls.services.catalog, method, path, { token: it.admin, body });
    expect([method, path, Math.floor(answer.status / 100)]).toEqual([method, path, 2]);
    return answer.body;
  };
  const shown = async (path: string) => (await call(python, 'GET', path, { token: it.admin })).body;
  const inCatalog = async () => {
    const { catalog } = await shown('/v3/auth/catalog');
    return catalog.find(({ type }: { type: string }) => type === it.user.name)?.endpoints[0];
  };

  const { region } = await ours('POST', '/v3/regions', { region: {} });
  const { service } = await ours('POST', '/v3/services', { service: { type: it.user.name } });
  expect(await inCatalog()).toBeUndefined();
  const draft = { service_id: service.id, region_id: region.id, interface: 'public', url: 'http://old' };
  const { endpoint } = await ours('POST', '/v3/endpoints', { endpoint: draft });
  expect(await inCatalog()).toMatchObject({ url: 'http://old' });

  for (const [path, member, changes] of [
    [`/v3/regions/${region.id}`, 'region', { description: 'new' }],
    [`/v3/services/${service.id}`, 'service', { name: 'new' }],
    [`/v3/endpoints/${endpoint.id}`, 'endpoint', { url: 'http://new' }],
  ] as const) {
    expect((await shown(path))[member]).not.toMatchObject(changes);
    await ours('PATCH', path, { [member]: changes });
    expect((await shown(path))[member]).toMatchObject(changes);
  }
  expect(await inCatalog()).toMatchObject({ url: 'http://new' });

  for (const path of [`/v3/endpoints/${endpoint.id}`, `/v3/services/${service.id}`, `/v3/regions/${region.id}`]) {
    await ours('DELETE', path);
    expect((await shown(path)).error.code).toBe(404);
  }
  expect(await inCatalog()).toBeUndefined();
});

test('a memcached that hangs keeps no write of ours from being answered, and is told when it is back', async () => {
  const { region } = await it.python('POST', '/v3/regions', { region: { description: 'old' } });
  const path = `/v3/regions/${region.id}`;
  const description = async () => (await it.python('GET', path)).region.description;
  expect(await description()).toBe('old');
  const health = stack.urls.health.catalog;
  const readyz = async () => (await fetch(`${health}/readyz`)).text();

  const { token } = await logIn(stack.urls.services.token, passwordBody({ ...it.adminLogin, scope: ADMIN_PROJECT }));
  await stack.kill('memcached', 'SIGSTOP');
  const body = { region: { description: 'new' } };
  const { status } = await call(stack.urls.services.catalog, 'PATCH', path, { token, body });
  expect([status, await readyz()]).toEqual([200, expect.stringContaining('has 2 regions to forget')]);
  await stack.kill('memcached', 'SIGCONT');
  await expect.poll(readyz, { timeout: 30_000 }).toContain('python cache: told of writes');
  expect(await description()).toBe('new');
  const metrics = await (await fetch(`${health}/metrics`)).text();
  expect(metrics).toMatch(/keystone_python_cache_invalidations_total\{[^}]*outcome="postponed"[^}]*\} [1-9]/);
  expect(metrics).toMatch(/keystone_python_cache_pending\{[^}]*\} 0/);
});
