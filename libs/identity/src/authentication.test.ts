import { ask } from '@keystone/bus';
import { authenticate } from '@keystone/contracts';
import { testKinds } from '@keystone/database/testing';
import type { Algorithm } from '@keystone/password';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, loginApi, NOW, RIGHT, settings, type LoginApi } from './login.fixture.ts';
import { addPassword, addServiceProvider, insert } from './people.fixture.ts';
import { select, sql } from './sql.ts';

const EXPIRED = (NOW - 1000) * 1000;

describe.each(testKinds)('a login, on %s', (kind) => {
  let api: LoginApi;
  beforeAll(async () => {
    api = await loginApi(kind);
  });
  afterAll(() => api.close());

  test('with the right password, by id or by name and domain, tells who it is', async () => {
    const id = await api.person({
      name: 'Ann',
      default_project_id: 'home',
      options: { multi_factor_auth_enabled: true },
    });
    await addServiceProvider(api.database, 'sp', true);
    await addServiceProvider(api.database, 'off', false);
    const byId = await api.attempt(id, RIGHT);
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
        local_id: expect.any(Number),
      },
      service_providers: [{ id: 'sp', auth_url: 'http://auth', sp_url: 'http://sp' }],
    });
    const byName = { user: { name: 'Ann', domain_id: 'default' }, password: RIGHT };
    expect(await ask(api.bus, authenticate, byName)).toEqual(byId);
    await expect(
      ask(api.bus, authenticate, { ...byName, user: { name: 'Ann', domain_id: 'other' } }),
    ).rejects.toThrow();
  });

  test('is refused with the same words whether there is no such user, no password, or a wrong one', async () => {
    const id = await api.person();
    const without = await api.person({ hash: null });
    const never = await api.person({ hash: undefined as never });
    const outside = 'outside';
    await insert(api.database, 'user', { id: outside, domain_id: 'default', enabled: 1, extra: '{}' });
    await insert(api.database, 'nonlocal_user', { user_id: outside, domain_id: 'default', name: outside });
    const messages = await Promise.all(
      [id, without, never, outside, 'nobody'].map((who) =>
        api.attempt(who, 'wrong').catch((error: Error) => ({
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
    const id = await api.person({ enabled: false });
    const unset = await api.person({ enabled: null });
    expect(await api.login(id, RIGHT)).toBe(401);
    expect(await api.login(id, 'wrong')).toBe(401);
    expect(await api.login(unset, RIGHT)).toBe(401);
    expect(await api.failures(id)).toEqual({ failed_auth_count: null, failed_auth_at: null });
  });

  test('takes the newest password, not the one with the highest row number', async () => {
    const id = await api.person();
    await addPassword(api.database, id, { hash: 'not a hash', created: 1_600_000_000_000_000 });
    expect(await api.login(id, RIGHT)).toBe(200);
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
    const id = await api.person({ hash: made });
    expect(await api.login(id, RIGHT)).toBe(200);
    expect(await api.login(id, 'Correct horse')).toBe(401);
  });

  test('writes the day down once a day', async () => {
    const id = await api.person();
    const day = async () =>
      (
        await select<{ last_active_at: string }>(
          api.database.manager,
          sql`SELECT last_active_at FROM \`user\` WHERE id = ${id}`,
        )
      )[0];
    await api.login(id, RIGHT);
    expect(await day()).toEqual({ last_active_at: '2026-03-01' });
    api.later(DAY_MS);
    await api.login(id, RIGHT);
    api.later(0);
    expect(await day()).toEqual({ last_active_at: '2026-03-02' });
  });

  test('with an expired password is told so, but only with the right one', async () => {
    const id = await api.person({ expires: EXPIRED });
    const exempt = await api.person({ expires: EXPIRED, options: { ignore_password_expiry: true } });
    await expect(api.attempt(id, RIGHT)).rejects.toMatchObject({
      status: 401,
      message: `The password is expired and needs to be changed for user: ${id}.`,
    });
    await expect(api.attempt(id, 'wrong')).rejects.toMatchObject({
      message: 'The request you have made requires authentication.',
    });
    const { subject } = await api.attempt(exempt, RIGHT);
    expect(subject.password_expires_at).toBe('2026-03-01T11:59:59.000000');
  });

  test('is refused to a user who was idle for too long, unless he may be', async () => {
    api.configure(settings({ disable_user_account_days_inactive: 30 }));
    const idle = await api.person({ last_active_at: '2026-01-30' });
    const lately = await api.person({ last_active_at: '2026-01-31' });
    const never = await api.person({ created_at: '2025-12-01 10:00:00' });
    const exempt = await api.person({ last_active_at: '2020-01-01', options: { ignore_user_inactivity: true } });
    const results = await Promise.all([idle, lately, never, exempt].map((who) => api.login(who, RIGHT)));
    expect(results).toEqual([401, 200, 401, 200]);
    api.configure(settings());
  });

  test('against a hash that nothing can check is refused, and the log says so without the hash', async () => {
    const id = await api.person({ hash: '$6$rounds=5000$salt$NOT-A-HASH-ANYONE-MAY-READ' });
    const broken = await api.person({ hash: '$pbkdf2-sha512$nonsense-nobody-may-read' });
    expect(await api.login(id, RIGHT)).toBe(401);
    expect(await api.login(broken, RIGHT)).toBe(401);
    const log = api.log.join('');
    expect(log).toContain('unsupported-scheme');
    expect(log).toContain('malformed-hash');
    expect(log).not.toMatch(/ANYONE-MAY-READ|nobody-may-read/);
  });

  test('shows neither the password nor the hash in an error or in the log', async () => {
    const id = await api.person();
    const error: unknown = await api.attempt(id, 'hunter2-planted').catch((e: unknown) => e);
    const told = JSON.stringify(error, Object.getOwnPropertyNames(error)) + api.log.join('');
    expect(told).not.toContain('hunter2-planted');
    expect(told).not.toContain(api.hash);
  });

  test('of any length and any characters is an answer and no crash', async () => {
    const id = await api.person();
    const odd = ['', '\0', 'x'.repeat(5000), '😀'.repeat(30), "'; DROP TABLE `user`; --", '%', '\\'];
    for (const text of odd) {
      expect(await api.login(id, text)).toBe(401);
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

  test.each<Algorithm>(['bcrypt', 'scrypt'])(
    'is forbidden with a password too long where %s is strict',
    async (algorithm) => {
      const identity = { password_hash_algorithm: algorithm, password_hash_rounds: 4 };
      const id = await api.person();
      for (const who of [id, 'nobody']) {
        api.configure({ DEFAULT: { strict_password_check: true }, identity });
        expect(await api.login(who, 'x'.repeat(4097))).toBe(403);
        api.configure({ identity });
        expect(await api.login(who, 'x'.repeat(4097))).toBe(401);
      }
      expect(await api.failures(id)).toMatchObject({ failed_auth_count: 1 });
      api.configure(settings());
    },
  );
});
