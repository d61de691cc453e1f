import { rotateKeys } from '@keystone/keys';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { passwordAuth, PASSWORD, PROJECT, ROLE, tokenApi, USER, type TokenApi } from './world.fixture.ts';

let api: TokenApi;
const fresh = {} as TokenApi['world'];

beforeAll(async () => {
  api = await tokenApi();
  Object.assign(fresh, structuredClone(api.world));
});
beforeEach(() => void Object.assign(api.world, structuredClone(fresh)));
afterAll(() => api.close());

const PROJECT_SCOPE = { project: { id: PROJECT } };

test('a password gives a token for a project, with roles and catalog', async () => {
  const { text, body } = await api.logIn(PROJECT_SCOPE);
  expect(text).toMatch(/^gAAAA/);
  expect(body).toMatchObject({
    methods: ['password'],
    user: { id: USER, name: 'ann', domain: { id: 'default', name: 'Default' }, password_expires_at: null },
    project: { id: PROJECT, name: 'north', domain: { id: 'default', name: 'Default' } },
    is_domain: false,
    roles: [ROLE],
    catalog: [{ type: 'identity' }],
  });
  expect(body.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z$/);
  expect(await api.validate(text)).toMatchObject({ status: 200, body: { token: body } });
});

test.each([
  ['unscoped', 'unscoped', undefined],
  ['system', { system: { all: true } }, { system: { all: true } }],
  ['domain', { domain: { name: 'Default' } }, { domain: { id: 'default', name: 'Default' } }],
])('a token can be %s', async (_name, scope, expected) => {
  const { text, body } = await api.logIn(scope);
  expect(body).toMatchObject({ ...expected });
  expect('roles' in body).toBe(expected !== undefined);
  expect('catalog' in body).toBe(expected !== undefined);
  expect((await api.validate(text)).body.token).toEqual(body);
});

test('without a scope the default project is taken where it can be used', async () => {
  api.world.subject.default_project_id = PROJECT;
  expect((await api.logIn()).body.project.id).toBe(PROJECT);
  api.world.granted = false;
  expect((await api.logIn()).body.project).toBeUndefined();
  api.world.granted = true;
  api.world.project.enabled = false;
  expect((await api.logIn()).body.project).toBeUndefined();
  expect((await api.logIn('unscoped')).body.project).toBeUndefined();
});

test('roles come from the groups that the user is in, and no others', async () => {
  api.world.granted = false;
  api.world.groupGrants = [{ group_id: 'another', roles: [ROLE] }];
  await api.as(null).post('/v3/auth/tokens', passwordAuth(PROJECT_SCOPE), 401);
  api.world.groupGrants.push({ group_id: 'g1', roles: [ROLE] });
  expect((await api.logIn(PROJECT_SCOPE)).body.roles).toEqual([ROLE]);
});

test('nocatalog leaves the catalog out, at login and at validation', async () => {
  const { text, body } = await api.logIn(PROJECT_SCOPE, '?nocatalog');
  expect(body.catalog).toBeUndefined();
  expect((await api.validate(text, '?nocatalog')).body.token.catalog).toBeUndefined();
  expect((await api.validate(text)).body.token.catalog).toHaveLength(1);
});

test('an expired token is refused, but for the window that a service may ask for', async () => {
  const { text } = await api.logIn(PROJECT_SCOPE);
  api.world.later = 3600;
  expect((await api.validate(text)).status).toBe(404);
  expect((await api.validate(text, '?allow_expired=true')).status).toBe(200);
  api.world.later = 3600 + 172_800;
  expect((await api.validate(text, '?allow_expired=1')).status).toBe(404);
});

test('what has changed since the token was issued counts', async () => {
  const { text } = await api.logIn(PROJECT_SCOPE);
  const refusals: [string, () => void, string][] = [
    ['no role', () => (api.world.granted = false), 'Failed to validate token'],
    [
      'project',
      () => (api.world.project.enabled = false),
      `Unable to validate token because project ${PROJECT} is disabled`,
    ],
    [
      'domain',
      () => (api.world.domain.enabled = api.world.project.domain.enabled = false),
      'because domain default is disabled',
    ],
  ];
  for (const [, change, message] of refusals) {
    Object.assign(api.world, structuredClone(fresh));
    change();
    const { status, body } = await api.validate(text);
    expect([status, body.error.message]).toEqual([404, expect.stringContaining(message)]);
  }
  Object.assign(api.world, structuredClone(fresh));
  expect((await api.validate(text)).status).toBe(200);
});

test('a disabled user loses his token for good', async () => {
  const { text } = await api.logIn('unscoped');
  api.world.subject.enabled = false;
  expect((await api.validate(text)).status).toBe(404);
  api.world.subject.enabled = true;
  expect((await api.validate(text)).status).toBe(404);
  api.world.later = 2;
  expect((await api.validate((await api.logIn('unscoped')).text)).status).toBe(200);
});

const exchange = (id: string, scope?: unknown) => ({
  auth: { identity: { methods: ['token'], token: { id } }, ...(scope !== undefined && { scope }) },
});

test('a token is exchanged for one of another scope, with its expiry and audit chain', async () => {
  api.world.later = 10;
  const { text, body } = await api.logIn('unscoped');
  const answer = await api.as(null).post('/v3/auth/tokens', exchange(text, PROJECT_SCOPE), 201);
  const { token } = answer.body;
  expect(token.methods.toSorted()).toEqual(['password', 'token']);
  expect([token.expires_at, token.audit_ids[1]]).toEqual([body.expires_at, body.audit_ids[0]]);
});

test('a system token is not exchanged for a project, nor a scoped one where that is switched off', async () => {
  api.world.later = 20;
  const { text } = await api.logIn({ system: { all: true } });
  const { body } = await api.as(null).post('/v3/auth/tokens', exchange(text, PROJECT_SCOPE), 403);
  expect(body.error.message).toContain('Using a system-scoped token');
});

test('revoking a token revokes what was exchanged for it, unless told otherwise', async () => {
  api.world.later = 30;
  for (const [query, left] of [
    ['', 404],
    ['?cascade=false', 200],
  ] as const) {
    const { text } = await api.logIn('unscoped');
    const { headers } = await api.as(null).post('/v3/auth/tokens', exchange(text, PROJECT_SCOPE), 201);
    const child = headers.get('x-subject-token') ?? '';
    const revoked = await api
      .as('system-admin')
      .send('DELETE', `/v3/auth/tokens${query}`, { headers: { 'x-subject-token': text } });
    expect(revoked.status).toBe(204);
    expect([(await api.validate(text)).status, (await api.validate(child)).status]).toEqual([404, left]);
  }
});

test('whoever holds a token may validate and revoke it; another without a role may not', async () => {
  api.world.later = 40;
  const { text } = await api.logIn(PROJECT_SCOPE);
  const headers = { 'x-subject-token': text };
  expect((await api.as('project-none').send('GET', '/v3/auth/tokens', { headers })).status).toBe(403);
  expect((await api.as('project-none').send('DELETE', '/v3/auth/tokens', { headers })).status).toBe(403);
  expect((await api.as('system-reader').send('HEAD', '/v3/auth/tokens', { headers })).status).toBe(200);
  expect((await api.as(null).send('GET', '/v3/auth/tokens', { headers })).status).toBe(401);
  expect((await api.as('system-admin').get('/v3/auth/tokens', 404)).body.error.message).toBe('No token in the request');
});

test('a key that was made after this process last looked is found', async () => {
  api.world.later = 50;
  const before = await api.logIn('unscoped');
  rotateKeys(api.keys, { maxActiveKeys: 3 });
  const after = await api.logIn('unscoped');
  for (const { text } of [before, after]) expect((await api.validate(text)).status).toBe(200);
});

test('secrets stay out of answers and logs', async () => {
  const bodies = [
    passwordAuth({ project: 7 }),
    { auth: { identity: { methods: 7, password: { user: { password: PASSWORD } } } } },
  ];
  for (const body of bodies) {
    const { body: refusal } = await api.as(null).post('/v3/auth/tokens', body, 400);
    expect(JSON.stringify(refusal)).not.toContain(PASSWORD);
  }
  const { text } = await api.logIn('unscoped');
  await api.validate(`${text}x`);
  expect(api.log.join()).not.toContain(PASSWORD);
  expect(api.log.join()).not.toContain(text.slice(0, 60));
});

test('where the configuration asks for tokens of another kind, Python answers', async () => {
  const { text } = await api.logIn('unscoped');
  api.configure({ token: { provider: 'jws' } });
  const validated = await api
    .as('system-admin')
    .send('GET', '/v3/auth/tokens', { headers: { 'x-subject-token': text } });
  const issued = await api.as(null).send('POST', '/v3/auth/tokens', { body: passwordAuth('unscoped') });
  expect([validated.headers.get('x-keystone-hand-over'), issued.headers.get('x-keystone-hand-over')]).toEqual([
    'python',
    'python',
  ]);
  api.configure({});
});
