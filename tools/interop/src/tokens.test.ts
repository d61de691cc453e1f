import { beforeAll, expect, test } from 'vitest';
import { call, logIn, passwordBody, sorted } from './client.ts';
import { interopStack } from './stack.ts';
import { scopes, world, type World } from './world.ts';

let it: World;
let ours: string;
let python: string;

beforeAll(async () => {
  const stack = await interopStack();
  it = await world(stack);
  ours = stack.urls.services.token;
  python = stack.urls.python;
});

const login = (scope: unknown) => passwordBody({ user: { id: it.user.id }, password: it.user.password, scope });

const validate = (base: string, subject: string, query = '') =>
  call(base, 'GET', `/v3/auth/tokens${query}`, { token: it.admin, subject });

const KINDS = ['unscoped', 'project', 'domain', 'system', 'default'] as const;

test.each(KINDS)('a %s token of ours is accepted by Python, with the body that we gave it', async (kind) => {
  const { token, body } = await logIn(ours, login(scopes(it)[kind]));
  const [here, there] = await Promise.all([validate(ours, token), validate(python, token)]);
  expect([here.status, there.status]).toEqual([200, 200]);
  expect(sorted(here.body)).toEqual(sorted(there.body));
  expect(sorted({ token: body })).toEqual(sorted(there.body));
});

test.each(KINDS)('a %s token of Python is accepted by us, with the body that Python gives it', async (kind) => {
  const { token, body } = await logIn(python, login(scopes(it)[kind]));
  const [here, there] = await Promise.all([validate(ours, token), validate(python, token)]);
  expect([here.status, there.status]).toEqual([200, 200]);
  expect(sorted(here.body)).toEqual(sorted(there.body));
  expect(sorted(here.body)).toEqual(sorted({ token: body }));
});

test.each(['', '?nocatalog', '?allow_expired=1'])('validation with %s answers alike', async (query) => {
  const { token } = await logIn(python, login(scopes(it).project));
  const [here, there] = await Promise.all([validate(ours, token, query), validate(python, token, query)]);
  expect(sorted(here.body)).toEqual(sorted(there.body));
  expect(here.headers['x-subject-token']).toBe(token);
});

test.each(['ours', 'python'] as const)('a token exchanged by %s keeps expiry and audit chain', async (side) => {
  const first = await logIn(side === 'ours' ? python : ours, login(scopes(it).unscoped));
  const exchange = {
    auth: { identity: { methods: ['token'], token: { id: first.token } }, scope: scopes(it).project },
  };
  const second = await logIn(side === 'ours' ? ours : python, exchange);
  expect(second.body.expires_at).toBe(first.body.expires_at);
  expect(second.body.audit_ids[1]).toBe(first.body.audit_ids[0]);
  for (const base of [ours, python]) {
    const { status, body } = await validate(base, second.token);
    expect([status, body.token.methods.toSorted()]).toEqual([200, ['password', 'token']]);
  }
});

test.each(['/v3/auth/projects', '/v3/auth/domains', '/v3/auth/system', '/v3/auth/catalog'])(
  '%s answers alike',
  async (path) => {
    const { token } = await logIn(python, login(scopes(it).project));
    const headers = { host: 'keystone.example' };
    const [here, there] = await Promise.all([ours, python].map((base) => call(base, 'GET', path, { token, headers })));
    expect(here?.status).toBe(200);
    expect(sorted(here?.body)).toEqual(sorted(there?.body));
  },
);

test('what neither accepts is refused alike', async () => {
  const { token } = await logIn(ours, login(scopes(it).project));
  const bad = [
    '',
    'x',
    token.slice(0, -4),
    `${token}AAAA`,
    token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')).slice(0, 60),
    `gAAAAAB${'A'.repeat(200)}`,
  ];
  for (const subject of bad) {
    const [here, there] = await Promise.all([validate(ours, subject), validate(python, subject)]);
    expect([subject.length, here.status]).toEqual([subject.length, there.status]);
    const [asCaller, asCallerThere] = await Promise.all(
      [ours, python].map((base) => call(base, 'GET', '/v3/auth/projects', { token: subject })),
    );
    expect(asCaller?.status).toBe(asCallerThere?.status);
  }
});
