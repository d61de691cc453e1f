import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordAuth, PASSWORD, tokenApi, USER, type TokenApi } from './world.fixture.ts';

let api: TokenApi;
beforeAll(async () => void (api = await tokenApi()));
afterAll(() => api.close());

const user = { id: USER, password: PASSWORD };
const withPassword = (identity: object, scope?: unknown) => ({
  auth: { identity: { methods: ['password'], password: { user }, ...identity }, ...(scope !== undefined && { scope }) },
});

test.each([
  [400, 'no auth', {}],
  [400, 'auth is a list', { auth: [] }],
  [400, 'no identity', { auth: {} }],
  [400, 'methods is text', withPassword({ methods: 'password' })],
  [400, 'a method without its payload', withPassword({ methods: ['password', 'totp'] })],
  [401, 'an unknown method', withPassword({ methods: ['smoke'], smoke: {} })],
  [401, 'no method', withPassword({ methods: [] })],
  [400, 'password without user', withPassword({ password: {} })],
  [400, 'user without id and name', withPassword({ password: { user: { password: 'x' } } })],
  [400, 'a name without domain', withPassword({ password: { user: { name: 'ann', password: 'x' } } })],
  [400, 'a password of a number', withPassword({ password: { user: { id: USER, password: 1 } } })],
  [400, 'two scopes', withPassword({}, { project: { id: 'p' }, domain: { id: 'd' } })],
  [400, 'an empty scope', withPassword({}, {})],
  [400, 'a project by name without domain', withPassword({}, { project: { name: 'north' } })],
  [401, 'an unknown project', withPassword({}, { project: { id: 'nowhere' } })],
  [401, 'an unknown domain', withPassword({}, { domain: { name: "' OR 1=1 --" } })],
  [401, 'a wrong password', withPassword({ password: { user: { id: USER, password: 'wrong' } } })],
  [401, 'an unknown user', withPassword({ password: { user: { id: "'; DROP TABLE user; --", password: 'x' } } })],
  [404, 'a token that is none', { auth: { identity: { methods: ['token'], token: { id: 'x' } } } }],
])('%i: %s', async (status, _name, body) => {
  const { body: answer, headers } = await api.as(null).post('/v3/auth/tokens', body, status);
  expect(answer.error).toMatchObject({ code: status, title: expect.any(String), message: expect.any(String) });
  expect(headers.get('vary')).toBe('X-Auth-Token');
  expect(headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
});

test('an unknown method is answered with those that are configured', async () => {
  const { body } = await api.as(null).post('/v3/auth/tokens', withPassword({ methods: ['smoke'], smoke: {} }), 401);
  expect(body.error.identity.methods).toContain('password');
});

test('a method of Python’s is handed over, with the answer that a client without Python should read', async () => {
  const body = {
    auth: { identity: { methods: ['application_credential'], application_credential: { id: 'x', secret: 'y' } } },
  };
  const { headers } = await api.as(null).post('/v3/auth/tokens', body, 401);
  expect(headers.get('x-keystone-hand-over')).toBe('python');
});

const TYPED = { 'content-type': 'application/json' };

test.each([
  ['no JSON', '{"auth":', TYPED],
  ['a list', '[]', TYPED],
  ['a scalar', '7', TYPED],
  ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), TYPED],
  ['text', '{}', { 'content-type': 'text/plain' }],
])('a body that is %s is 400', async (_name, body, headers) => {
  const { status, body: answer } = await api.as(null).send('POST', '/v3/auth/tokens', { body, headers });
  expect([status, answer.error.code]).toEqual([400, 400]);
});

test('a body beyond the limit is 413, told or not how long it is', async () => {
  const { status } = await api.as(null).send('POST', '/v3/auth/tokens', { body: `{"x":"${'x'.repeat(120_000)}"}` });
  expect(status).toBe(413);
});

test('a path with broken escapes, an unknown path and a wrong method are answered in JSON', async () => {
  expect((await api.as(null).send('GET', '/v3/%zz')).body.error.code).toBeGreaterThanOrEqual(400);
  expect((await api.as(null).get('/v3/nothing/here', 404)).body.error.code).toBe(404);
  const { headers } = await api.as(null).send('PATCH', '/v3/auth/tokens');
  expect(headers.get('allow')?.split(', ').toSorted()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST']);
  expect((await api.as(null).send('GET', '/v3//auth/tokens')).status).toBe(308);
  await api.as(null).get('/v3/', 200);
});

test('a header cannot be smuggled into an answer', async () => {
  const { hostname, port } = new URL(api.url);
  const raw = await new Promise<string>((resolve) => {
    const socket = connect(Number(port), hostname, () =>
      socket.end(
        'GET /v3/auth/tokens HTTP/1.1\r\nhost: x\r\nx-auth-token: system-admin\r\nx-subject-token: a\u0000\u00e9 b\r\nconnection: close\r\n\r\n',
      ),
    );
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
  });
  expect(raw).toMatch(/^HTTP\/1.1 40[04] /);
});

test('random bodies are answered, never with 500, and log nobody in', async () => {
  const key = fc.constantFrom(
    'auth',
    'identity',
    'methods',
    'password',
    'user',
    'id',
    'name',
    'domain',
    'scope',
    'project',
    'system',
    '__proto__',
  );
  const { json } = fc.letrec((tie) => ({
    leaf: fc.oneof(fc.constantFrom('password', 'token', 'all', USER, null, true, 0), fc.string()),
    json: fc.oneof(
      { depthSize: 'small' },
      tie('leaf'),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(key, tie('json'), { maxKeys: 4 }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, json, { maxKeys: 3 }), async (body) => {
      const { status } = await api.as(null).send('POST', '/v3/auth/tokens', { body });
      expect([400, 401, 403, 404]).toContain(status);
    }),
    { numRuns: 300 },
  );
});

test('random, cut and bent tokens are 404 as subject and 401 as caller', async () => {
  const { text } = await api.logIn('unscoped');
  const bent = fc.oneof(
    fc.nat(text.length - 1).map((at) => text.slice(0, at)),
    fc
      .tuple(fc.nat(text.length - 2), fc.constantFrom(...'AQgw-_9'))
      .filter(([at, char]) => text[at] !== char)
      .map(([at, char]) => text.slice(0, at) + char + text.slice(at + 1)),
    fc.nat(200).map((size) => `gAAAAA${randomBytes(size).toString('base64url')}`),
    fc.string({ unit: fc.constantFrom(...'abcXYZ019-_=.%$\'"') }),
  );
  await fc.assert(
    fc.asyncProperty(bent, async (subject) => {
      expect((await api.validate(subject)).status).toBe(404);
    }),
    { numRuns: 300 },
  );
});

test('an answer to a login holds no more than it should', async () => {
  const { body } = await api.as(null).post('/v3/auth/tokens', passwordAuth('unscoped'), 201);
  expect(JSON.stringify(body)).not.toContain(PASSWORD);
});
