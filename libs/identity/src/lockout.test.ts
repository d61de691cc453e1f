import { testKinds } from '@keystone/database/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, loginApi, RIGHT, settings, type LoginApi } from './login.fixture.ts';

describe.each(testKinds)('a login, on %s', (kind) => {
  let api: LoginApi;
  beforeAll(async () => {
    api = await loginApi(kind);
  });
  afterAll(() => api.close());

  test('counts a hundred wrong guesses at once exactly, and forgets them after a right one', async () => {
    const id = await api.person();
    const results = await Promise.all(Array.from({ length: 100 }, (_, at) => api.login(id, `guess ${at}`)));
    expect(results.every((status) => status === 401)).toBe(true);
    expect(await api.failures(id)).toMatchObject({ failed_auth_count: 100 });
    expect(await api.login(id, RIGHT)).toBe(200);
    expect(await api.failures(id)).toEqual({ failed_auth_count: 0, failed_auth_at: null });
  });

  test('is locked after too many wrong passwords, for a while, but not for who is exempt', async () => {
    api.configure(settings({ lockout_failure_attempts: 3, lockout_duration: 60 }));
    const id = await api.person();
    const exempt = await api.person({ options: { ignore_lockout_failure_attempts: true } });
    for (const who of [id, exempt]) for (const guess of ['a', 'b', 'c']) await api.login(who, guess);
    expect(await api.login(id, RIGHT)).toBe(401);
    expect(await api.failures(id)).toMatchObject({ failed_auth_count: 3 });
    expect(await api.login(exempt, RIGHT)).toBe(200);
    api.later(59_000);
    expect(await api.login(id, RIGHT)).toBe(401);
    api.later(61_000);
    expect(await api.login(id, 'wrong again')).toBe(401);
    expect(await api.failures(id)).toMatchObject({ failed_auth_count: 1 });
    expect(await api.login(id, RIGHT)).toBe(200);
    api.later(0);
    api.configure(settings());
  });

  test('stays locked until an administrator comes where lockouts do not end', async () => {
    api.configure(settings({ lockout_failure_attempts: 1, lockout_duration: null as never }));
    const id = await api.person();
    await api.login(id, 'wrong');
    api.later(3650 * DAY_MS);
    expect(await api.login(id, RIGHT)).toBe(401);
    api.later(0);
    api.configure(settings());
  });

  test('is refused with the right password, too, when others failed too often while it was checked', async () => {
    api.configure(settings({ lockout_failure_attempts: 2 }));
    const id = await api.person();
    const { manager } = api.database;
    const query = manager.query.bind(manager);
    manager.query = (async (text: string, values: unknown[]) => {
      const rows: unknown = await query(text, values);
      if (text.includes('password_hash')) {
        manager.query = query;
        await Promise.all([api.login(id, 'wrong'), api.login(id, 'wrong')]);
      }
      return rows;
    }) as typeof query;
    expect(await api.login(id, RIGHT)).toBe(401);
    expect(await api.failures(id)).toMatchObject({ failed_auth_count: 2 });
    api.configure(settings());
  });
});
