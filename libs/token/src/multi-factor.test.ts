import { afterAll, beforeAll, expect, test } from 'vitest';
import { passwordAuth, tokenApi, USER, type TokenApi } from './world.fixture.ts';

let api: TokenApi;
beforeAll(async () => void (api = await tokenApi({ auth: { methods: ['password', 'token', 'totp'] } })));
afterAll(() => api.close());

const receiptOf = async () => {
  const { headers, body } = await api.as(null).post('/v3/auth/tokens', passwordAuth('unscoped'), 401);
  return { text: headers.get('openstack-auth-receipt') ?? '', body, challenge: headers.get('www-authenticate') };
};

test('a user who needs more methods gets a receipt for the one he has proved', async () => {
  api.world.subject.options = { multi_factor_auth_rules: [['password', 'totp']] };
  const { text, body, challenge } = await receiptOf();
  expect(text).toMatch(/^gAAAA/);
  expect(challenge).toBeNull();
  expect(body).toMatchObject({
    receipt: { methods: ['password'], user: { id: USER, name: 'ann', domain: { id: 'default', name: 'Default' } } },
    required_auth_methods: [['password', 'totp']],
  });
  expect('token' in body).toBe(false);
});

test('rules whose methods are not configured lock nobody out, and neither do rules that are switched off', async () => {
  for (const options of [
    { multi_factor_auth_rules: [['smoke']] },
    { multi_factor_auth_rules: [['password', 'smoke']] },
    { multi_factor_auth_rules: [['password', 'totp']], multi_factor_auth_enabled: false },
    { multi_factor_auth_rules: 'corrupt' },
    { multi_factor_auth_rules: [['totp', 'password'], ['password']] },
  ]) {
    api.world.subject.options = options;
    await api.logIn('unscoped');
  }
});

test('a receipt counts for its user, until it expires', async () => {
  api.world.subject.options = { multi_factor_auth_rules: [['password', 'token']] };
  const { text } = await receiptOf();
  const again = (receipt: string) =>
    api.as(null).send('POST', '/v3/auth/tokens', {
      body: passwordAuth('unscoped'),
      headers: { 'openstack-auth-receipt': receipt },
    });
  expect((await again(text)).body.receipt.methods).toEqual(['password']);
  expect((await again(text.slice(0, -6))).body.error.code).toBe(401);
  api.world.later = 301;
  expect((await again(text)).body.error.code).toBe(401);
});
