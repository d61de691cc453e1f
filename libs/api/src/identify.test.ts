import { expect, test } from 'vitest';
import { callerOf, type Introspection } from './caller.ts';
import { identify } from './identify.ts';

const DEFAULT = { id: 'default', name: 'Default' };

const introspection = (token: object = {}, more: Partial<Introspection> = {}): Introspection => ({
  token: {
    methods: ['password'],
    user: { id: 'ann', name: 'Ann', domain: DEFAULT },
    audit_ids: ['a'],
    expires_at: '2030-01-01T00:00:00.000000Z',
    issued_at: '2020-01-01T00:00:00.000000Z',
    ...token,
  },
  group_ids: [],
  ...more,
});

const RULES = [
  { service: 'identity', method: 'GET', path: '/v3/users/*' },
  { service: 'image', method: 'GET', path: '/v3/projects' },
];
const restricted = (identity_in_catalog: boolean) =>
  introspection({ application_credential: { access_rules: RULES } }, { identity_in_catalog });

const TOKENS: Record<string, Introspection> = {
  plain: introspection(),
  restricted: restricted(true),
  unlisted: restricted(false),
};

const host = {
  authenticate: async (token: string) => (TOKENS[token] ? callerOf(TOKENS[token]) : null),
  settings: () => ({ public_endpoint: null, insecure_debug: false, admin_token: 'the-admin-token' }),
};

const asks = (token: string, method: string, path: string, headers = {}) =>
  identify({ method, path, headers: { 'x-auth-token': token, ...headers } }, host).then(
    (caller) => caller && 'known',
    ({ status }: { status: number }) => status,
  );

test('whoever sends no token, or none that is good, is nobody', async () => {
  expect(await identify({ method: 'GET', path: '/v3', headers: {} }, host)).toBeNull();
  expect(await asks('bad', 'GET', '/v3')).toBeNull();
  expect(await asks('plain', 'DELETE', '/v3/anything')).toBe('known');
  expect(
    (await identify({ method: 'GET', path: '/', headers: { 'x-auth-token': 'the-admin-token' } }, host))?.isAdmin,
  ).toBe(true);
});

test('a token with access rules is good for the requests of its rules, and for validation', async () => {
  expect(await asks('restricted', 'GET', '/v3/users/7')).toBe('known');
  expect(await asks('restricted', 'PATCH', '/v3/users/7')).toBe(401);
  expect(await asks('restricted', 'GET', '/v3/users')).toBe(401);
  expect(await asks('restricted', 'GET', '/v3/projects')).toBe(401);
  expect(await asks('restricted', 'GET', '/v3/auth/tokens')).toBe('known');
  expect(await asks('restricted', 'HEAD', '/v3/auth/tokens')).toBe(401);
});

test('without an identity service in its catalog none of its rules counts', async () => {
  expect(await asks('unlisted', 'GET', '/v3/users/7')).toBe(401);
  expect(await asks('unlisted', 'GET', '/v3/users/7', { 'x-service-token': 'plain' })).toBe(401);
  expect(await asks('unlisted', 'GET', '/v3/auth/tokens')).toBe('known');
});

test('a service asks on behalf of the user whatever it must, with a token that is good', async () => {
  expect(await asks('restricted', 'GET', '/v3/projects', { 'x-service-token': 'plain' })).toBe('known');
  expect(await asks('restricted', 'GET', '/v3/projects', { 'x-service-token': 'bad' })).toBe(401);
});

test('policy and handlers are told how a token was handed on', () => {
  const trust = callerOf(introspection({ 'OS-TRUST:trust': { id: 't' } }));
  expect([trust.delegation, trust.credentials['trust_id']]).toEqual([
    { trustId: 't', oauthConsumerId: null, oauthAccessTokenId: null },
    't',
  ]);
  const oauth = callerOf(introspection({ 'OS-OAUTH1': { consumer_id: 'c', access_token_id: 'a' } }));
  expect(oauth.delegation).toEqual({ trustId: null, oauthConsumerId: 'c', oauthAccessTokenId: 'a' });
  const plain = callerOf(introspection({}, { group_ids: ['g'] }));
  expect([plain.delegation, plain.accessRules, plain.credentials['group_ids']]).toEqual([null, null, ['g']]);
  expect(plain.credentials).toMatchObject({ trust_id: null, trustor_id: null, trustee_id: null });
});
