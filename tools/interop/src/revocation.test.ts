import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { call, logIn, passwordBody } from './client.ts';
import { interopStack } from './stack.ts';
import { scopes, world, type World } from './world.ts';

let it: World;
let ours: string;
let python: string;

beforeAll(async () => {
  const stack = await interopStack();
  ours = stack.urls.services.token;
  python = stack.urls.python;
});

beforeEach(async () => {
  it = await world(await interopStack());
});

const login = (scope: unknown) => passwordBody({ user: { id: it.user.id }, password: it.user.password, scope });

const statuses = (subject: string) =>
  Promise.all(
    [ours, python].map(
      async (base) => (await call(base, 'GET', '/v3/auth/tokens', { token: it.admin, subject })).status,
    ),
  );

const both = async () => [await logIn(ours, login(scopes(it).project)), await logIn(python, login(scopes(it).project))];

test.each([
  ['ours', 'ours'],
  ['ours', 'python'],
  ['python', 'ours'],
  ['python', 'python'],
] as const)('a token of %s revoked by %s is refused by both', async (issuer, revoker) => {
  const url = { ours, python };
  const { token } = await logIn(url[issuer], login(scopes(it).project));
  const { status } = await call(url[revoker], 'DELETE', '/v3/auth/tokens', { token: it.admin, subject: token });
  expect(status).toBe(204);
  expect(await statuses(token)).toEqual([404, 404]);
});

test('revoking a token ends what was exchanged for it, unless told not to', async () => {
  for (const [query, left] of [
    ['', 404],
    ['?cascade=false', 200],
  ] as const) {
    const { token } = await logIn(ours, login(scopes(it).unscoped));
    const exchange = { auth: { identity: { methods: ['token'], token: { id: token } }, scope: scopes(it).project } };
    const child = await logIn(ours, exchange);
    await call(ours, 'DELETE', `/v3/auth/tokens${query}`, { token: it.admin, subject: token });
    expect([query, await statuses(token), await statuses(child.token)]).toEqual([query, [404, 404], [left, left]]);
  }
});

test('a disabled user ends his tokens on both sides, and enabling him does not bring them back', async () => {
  const issued = await both();
  await it.python('PATCH', `/v3/users/${it.user.id}`, { user: { enabled: false } });
  for (const { token } of issued) expect(await statuses(token)).toEqual([404, 404]);
  await expect(logIn(ours, login(undefined))).rejects.toThrow('401');
  await it.python('PATCH', `/v3/users/${it.user.id}`, { user: { enabled: true } });
  for (const { token } of issued) expect(await statuses(token)).toEqual([404, 404]);
});

test('a changed password ends the tokens of both sides, and only the new one logs in', async () => {
  const issued = await both();
  // Events and tokens are told apart by the second.
  await sleep(1100);
  await it.python('PATCH', `/v3/users/${it.user.id}`, { user: { password: 'Another-1' } });
  for (const { token } of issued) expect(await statuses(token)).toEqual([404, 404]);
  await expect(logIn(ours, login(scopes(it).project))).rejects.toThrow('401');
  await sleep(1100);
  const { token } = await logIn(
    ours,
    passwordBody({ user: { id: it.user.id }, password: 'Another-1', scope: scopes(it).project }),
  );
  expect(await statuses(token)).toEqual([200, 200]);
});

test('a role taken away ends the tokens of both sides; given again it revives them, as in Python', async () => {
  const issued = await both();
  const grant = `/v3/projects/${it.project}/groups/${it.group}/roles/${it.role}`;
  await it.python('DELETE', grant);
  for (const { token } of issued) expect(await statuses(token)).toEqual([404, 404]);
  await expect(logIn(ours, login(scopes(it).project))).rejects.toThrow('401');
  await it.python('PUT', grant);
  const [here, there] = await statuses(issued[0]?.token ?? '');
  expect(here).toBe(there);
});

test('a disabled project or domain is refused by both with the same status', async () => {
  const [{ token } = { token: '' }] = await both();
  await it.python('PATCH', `/v3/projects/${it.project}`, { project: { enabled: false } });
  expect(await statuses(token)).toEqual([404, 404]);
  const asCaller = await Promise.all(
    [ours, python].map(async (base) => (await call(base, 'GET', '/v3/auth/projects', { token })).status),
  );
  expect(asCaller).toEqual([404, 404]);
  await it.python('PATCH', `/v3/projects/${it.project}`, { project: { enabled: true } });
  expect(await statuses(token)).toEqual([200, 200]);
  await it.python('PATCH', `/v3/domains/${it.domain}`, { domain: { enabled: false } });
  expect(await statuses(token)).toEqual([404, 404]);
});
