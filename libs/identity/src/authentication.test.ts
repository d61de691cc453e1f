import { ask } from '@keystone/bus';
import { authenticate } from '@keystone/contracts';
import { testKinds } from '@keystone/database/testing';
import { hashPassword, type Algorithm } from '@keystone/password';
import { testApi, type Settings, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identity } from './index.ts';
import { addPassword, addPerson, insert } from './people.fixture.ts';
import { select, sql } from './sql.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const RIGHT = 'correct horse';
const CHEAP = { identity: { password_hash_algorithm: 'pbkdf2_sha512', password_hash_rounds: 10 } } as const;
const EXPIRED = (NOW - 1000) * 1000;

let now = NOW;
const settings = (security_compliance: Settings['security_compliance'] = {}): Settings => ({
  ...CHEAP,
  security_compliance,
});

const login = (api: TestApi, id: string, password: string) =>
  ask(api.bus, authenticate, { user: { id }, password }).then(
    () => 200,
    ({ status }: { status: number }) => status,
  );

const failures = async ({ database }: TestApi, id: string) => {
  const rows = await select<{ failed_auth_count: number | null; failed_auth_at: string | null }>(
    database.manager,
    sql`SELECT failed_auth_count, failed_auth_at FROM local_user WHERE user_id = ${id}`,
  );
  return rows[0];
};

describe.each(testKinds)('a login, on %s', (kind) => {
  let api: TestApi;
  let hash: string;
  let count = 0;

  /** Each test has users of its own. */
  const person = async (fields: Partial<Parameters<typeof addPerson>[1]> = {}) => {
    const id = `user-${++count}`;
    await addPerson(api.database, { id, name: `name-${count}`, hash, ...fields });
    return id;
  };

  beforeAll(async () => {
    hash = await hashPassword(RIGHT, { algorithm: 'pbkdf2_sha512', maxLength: 4096, strict: false, rounds: 10 });
    api = await testApi([identity], { kind, settings: settings(), clock: () => now });
  });
  afterAll(() => api.close());

  test('with the right password, by id or by name and domain, tells who it is', async () => {
    const id = await person({ name: 'Ann', default_project_id: 'home', options: { multi_factor_auth_enabled: true } });
    await insert(api.database, 'service_provider', {
      id: 'sp',
      enabled: 1,
      auth_url: 'http://a',
      sp_url: 'http://s',
      relay_state_prefix: 'x',
    });
    await insert(api.database, 'service_provider', {
      id: 'off',
      enabled: 0,
      auth_url: 'http://a',
      sp_url: 'http://s',
      relay_state_prefix: 'x',
    });
    const byId = await ask(api.bus, authenticate, { user: { id }, password: RIGHT });
    expect(byId).toEqual({
      subject: {
        id,
        name: 'Ann',
        domain_id: 'default',
        enabled: true,
        default_project_id: 'home',
        password_expires_at: null,
        options: { multi_factor_auth_enabled: true },
        group_ids: [],
      },
      service_providers: [{ id: 'sp', auth_url: 'http://a', sp_url: 'http://s' }],
    });
    const byName = { user: { name: 'Ann', domain_id: 'default' }, password: RIGHT };
    expect(await ask(api.bus, authenticate, byName)).toEqual(byId);
    await expect(
      ask(api.bus, authenticate, { ...byName, user: { name: 'Ann', domain_id: 'other' } }),
    ).rejects.toThrow();
  });

  test('is refused with the same words whether there is no such user, no password, or a wrong one', async () => {
    const id = await person();
    const without = await person({ hash: null });
    const never = `user-${++count}`;
    await addPerson(api.database, { id: never, name: never });
    const outside = `user-${++count}`;
    await insert(api.database, 'user', { id: outside, domain_id: 'default', enabled: 1, extra: '{}' });
    await insert(api.database, 'nonlocal_user', { user_id: outside, domain_id: 'default', name: outside });
    const messages = await Promise.all(
      [id, without, never, outside, 'nobody'].map((who) =>
        ask(api.bus, authenticate, { user: { id: who }, password: 'wrong' }).catch((error: Error) => ({
          ...error,
          message: error.message,
        })),
      ),
    );
    for (const message of messages) {
      expect(message).toMatchObject({ status: 401, message: 'The request you have made requires authentication.' });
    }
  });

  test('is refused to a disabled user without being counted, even with the right password', async () => {
    const id = await person({ enabled: false });
    const unset = await person({ enabled: null });
    expect(await login(api, id, RIGHT)).toBe(401);
    expect(await login(api, id, 'wrong')).toBe(401);
    expect(await login(api, unset, RIGHT)).toBe(401);
    expect(await failures(api, id)).toEqual({ failed_auth_count: null, failed_auth_at: null });
  });

  test('takes the newest password, not the one with the highest row number', async () => {
    const id = await person();
    await addPassword(api.database, id, { hash: 'not a hash', created: 1_600_000_000_000_000 });
    expect(await login(api, id, RIGHT)).toBe(200);
  });

  // Made by Python Keystone 30.0.0 (keystone.common.password_hashing) of the right password.
  test.each([
    ['bcrypt', '$2b$04$2CV/g1OzepoKf8WENK2K6eKsxagzWd5F9VbMmfddm.2P3J1ocSNXS'],
    ['bcrypt_sha256', '$bcrypt-sha256$v=2,t=2b,r=10$F2hjvTOUyCIsq3F5UuMjDe$Xcug6K9JDbSGqKJVuyORBi0h9LvvSeG'],
    ['scrypt', '$scrypt$ln=16,r=8,p=1$FAleklBf7HYd7gO5UvxShw$V9s0D21voUzrTC3NOIDx5I4r3MOYvWCu3soEvVHsdW4'],
    [
      'pbkdf2_sha512',
      '$pbkdf2-sha512$10$y+DHt3huAFmL15Fdm0Yzew$IAnNSkW7qE7KLTwiBQH7DSForY7otXcLRyToKX+lmm/g7vSJqaYO3dki7fCRMf1rAr/r55dFvGQSHwSFaVX5nQ',
    ],
  ])('fits a hash that Python made with %s', async (_, made) => {
    const id = await person({ hash: made });
    expect(await login(api, id, RIGHT)).toBe(200);
    expect(await login(api, id, 'Correct horse')).toBe(401);
  });

  test('writes the day down once a day', async () => {
    const id = await person();
    const day = async () =>
      (
        await select<{ last_active_at: string }>(
          api.database.manager,
          sql`SELECT last_active_at FROM \`user\` WHERE id = ${id}`,
        )
      )[0];
    await login(api, id, RIGHT);
    expect(await day()).toEqual({ last_active_at: '2026-03-01' });
    now = NOW + 86_400_000;
    await login(api, id, RIGHT);
    now = NOW;
    expect(await day()).toEqual({ last_active_at: '2026-03-02' });
  });

  test('counts a hundred wrong guesses at once exactly, and forgets them after a right one', async () => {
    const id = await person();
    const results = await Promise.all(Array.from({ length: 100 }, (_, at) => login(api, id, `guess ${at}`)));
    expect(results.every((status) => status === 401)).toBe(true);
    expect(await failures(api, id)).toMatchObject({ failed_auth_count: 100 });
    expect(await login(api, id, RIGHT)).toBe(200);
    expect(await failures(api, id)).toEqual({ failed_auth_count: 0, failed_auth_at: null });
  });

  test('is locked after too many wrong passwords, for a while, but not for who is exempt', async () => {
    api.configure(settings({ lockout_failure_attempts: 3, lockout_duration: 60 }));
    const id = await person();
    const exempt = await person({ options: { ignore_lockout_failure_attempts: true } });
    for (const who of [id, exempt]) for (const guess of ['a', 'b', 'c']) await login(api, who, guess);
    expect(await login(api, id, RIGHT)).toBe(401);
    expect(await failures(api, id)).toMatchObject({ failed_auth_count: 3 });
    expect(await login(api, exempt, RIGHT)).toBe(200);
    now = NOW + 59_000;
    expect(await login(api, id, RIGHT)).toBe(401);
    now = NOW + 61_000;
    expect(await login(api, id, 'wrong again')).toBe(401);
    expect(await failures(api, id)).toMatchObject({ failed_auth_count: 1 });
    expect(await login(api, id, RIGHT)).toBe(200);
    now = NOW;
    api.configure(settings());
  });

  test('stays locked until an administrator comes where lockouts do not end', async () => {
    api.configure(settings({ lockout_failure_attempts: 1, lockout_duration: null as never }));
    const id = await person();
    await login(api, id, 'wrong');
    now = NOW + 10 * 365 * 86_400_000;
    expect(await login(api, id, RIGHT)).toBe(401);
    now = NOW;
    api.configure(settings());
  });

  test('among many wrong guesses at once is refused when they are too many', async () => {
    api.configure(settings({ lockout_failure_attempts: 2 }));
    const id = await person();
    const guesses = Array.from({ length: 20 }, () => login(api, id, 'wrong'));
    await Promise.all(guesses);
    expect(await login(api, id, RIGHT)).toBe(401);
    expect((await failures(api, id))?.failed_auth_count).toBeGreaterThanOrEqual(2);
    api.configure(settings());
  });

  test('with an expired password is told so, but only with the right one', async () => {
    const id = await person({ expires: EXPIRED });
    const exempt = await person({ expires: EXPIRED, options: { ignore_password_expiry: true } });
    await expect(ask(api.bus, authenticate, { user: { id }, password: RIGHT })).rejects.toMatchObject({
      status: 401,
      message: `The password is expired and needs to be changed for user: ${id}.`,
    });
    await expect(ask(api.bus, authenticate, { user: { id }, password: 'wrong' })).rejects.toMatchObject({
      message: 'The request you have made requires authentication.',
    });
    const { subject } = await ask(api.bus, authenticate, { user: { id: exempt }, password: RIGHT });
    expect(subject.password_expires_at).toBe('2026-03-01T11:59:59.000000');
  });

  test('is refused to a user who was idle for too long, unless he may be', async () => {
    api.configure(settings({ disable_user_account_days_inactive: 30 }));
    const idle = await person({ last_active_at: '2026-01-30' });
    const lately = await person({ last_active_at: '2026-01-31' });
    const never = await person({ created_at: '2025-12-01 10:00:00' });
    const exempt = await person({ last_active_at: '2020-01-01', options: { ignore_user_inactivity: true } });
    const results = await Promise.all([idle, lately, never, exempt].map((who) => login(api, who, RIGHT)));
    expect(results).toEqual([401, 200, 401, 200]);
    api.configure(settings());
  });

  test('against a hash that nothing can check is refused, and the log says so without the hash', async () => {
    const id = await person({ hash: '$6$rounds=5000$salt$NOT-A-HASH-ANYONE-MAY-READ' });
    const broken = await person({ hash: '$pbkdf2-sha512$nonsense-nobody-may-read' });
    expect(await login(api, id, RIGHT)).toBe(401);
    expect(await login(api, broken, RIGHT)).toBe(401);
    const log = api.log.join('');
    expect(log).toContain('unsupported-scheme');
    expect(log).toContain('malformed-hash');
    expect(log).not.toMatch(/ANYONE-MAY-READ|nobody-may-read/);
  });

  test('shows neither the password nor the hash in an error or in the log', async () => {
    const id = await person();
    const error: unknown = await ask(api.bus, authenticate, { user: { id }, password: 'hunter2-planted' }).catch(
      (e: unknown) => e,
    );
    const told = JSON.stringify(error, Object.getOwnPropertyNames(error)) + api.log.join('');
    expect(told).not.toContain('hunter2-planted');
    expect(told).not.toContain(hash);
  });

  test('of any length and any characters is an answer and no crash', async () => {
    const id = await person();
    const odd = ['', '\0', 'x'.repeat(5000), '😀'.repeat(30), "'; DROP TABLE `user`; --", '%', '\\'];
    for (const text of odd) {
      expect(await login(api, id, text)).toBe(401);
      const byName = { user: { name: text, domain_id: text }, password: RIGHT };
      await expect(ask(api.bus, authenticate, byName)).rejects.toMatchObject({ status: 401 });
    }
  });

  test('is handed to Python where users are elsewhere', async () => {
    for (const elsewhere of [{ driver: 'ldap' }, { domain_specific_drivers_enabled: true }]) {
      api.configure({ identity: elsewhere });
      await expect(ask(api.bus, authenticate, { user: { id: 'x' }, password: RIGHT })).rejects.toMatchObject({
        status: 503,
        detail: { headers: { 'x-keystone-hand-over': 'python' } },
      });
    }
    api.configure(settings());
  });
});

test.each<[Algorithm, string]>([
  ['bcrypt', '$2b$04$'],
  ['scrypt', '$scrypt$'],
])('a password too long is refused as forbidden where %s is strict, and cut where it is not', async (algorithm) => {
  const strict: Settings = {
    DEFAULT: { strict_password_check: true },
    identity: { password_hash_algorithm: algorithm, password_hash_rounds: 4 },
  };
  const api = await testApi([identity], { settings: strict, clock: () => NOW });
  expect(await login(api, 'nobody', 'x'.repeat(4097))).toBe(403);
  expect(await login(api, 'nobody', 'x')).toBe(401);
  await api.close();
});
