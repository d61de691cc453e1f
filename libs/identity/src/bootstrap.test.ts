import type { Database } from '@keystone/database';
import { testDatabase, testKinds } from '@keystone/database/testing';
import { verifyPassword, DEFAULT_OPTIONS } from '@keystone/password';
import { testConfig, type Settings } from '@keystone/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapUser } from './bootstrap.ts';
import { execute, select, sql } from './sql.ts';
import { identityTables } from './tables.store.ts';

const NOW = Date.parse('2026-03-01T12:00:00.250Z');
const CHEAP = { identity: { password_hash_algorithm: 'pbkdf2_sha512', password_hash_rounds: 10 } } as const;
const cheap = (security_compliance: Settings['security_compliance'] = {}) =>
  testConfig({ ...CHEAP, security_compliance }).current();

interface PasswordRow {
  password_hash: string;
  self_service: number;
  created_at: string;
  created_at_int: number | string;
  expires_at: string | null;
  expires_at_int: number | string | null;
}

describe.each(testKinds)('the bootstrapped user, on %s', (kind) => {
  let database: Database;
  let made = 0;
  const seconds = (text: string | null) => text?.slice(0, 19);

  const bootstrap = (username: string, password: string, { config = cheap(), now = NOW } = {}) =>
    bootstrapUser(database, config, { username, password, domainId: 'default', newId: () => `user-${++made}`, now });
  const passwords = (id: string) =>
    select<PasswordRow>(
      database.manager,
      sql`SELECT p.* FROM password p JOIN local_user l ON l.id = p.local_user_id WHERE l.user_id = ${id} ORDER BY p.id`,
    );
  const user = async (id: string) =>
    (
      await select<Record<string, unknown>>(
        database.manager,
        sql`SELECT u.*, l.name, l.failed_auth_count FROM \`user\` u
      JOIN local_user l ON l.user_id = u.id WHERE u.id = ${id}`,
      )
    )[0];

  beforeAll(async () => {
    database = await testDatabase(kind, identityTables);
  });
  afterAll(() => database.close());

  test('is made with a password whose times are written twice, and made once', async () => {
    const id = await bootstrap(' admin ', 's3cr3t');
    expect(await user(id)).toMatchObject({
      domain_id: 'default',
      name: 'admin',
      enabled: 1,
      extra: '{}',
      last_active_at: null,
    });
    const [row, ...others] = await passwords(id);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ self_service: 0, expires_at: null, expires_at_int: null });
    expect(Number(row?.created_at_int)).toBe(NOW * 1000);
    expect(seconds(row?.created_at ?? null)).toBe('2026-03-01 12:00:00');
    expect(await verifyPassword('s3cr3t', row?.password_hash ?? null, DEFAULT_OPTIONS)).toBe(true);
    expect(await bootstrap('admin', 's3cr3t', { now: NOW + 1 })).toBe(id);
    expect(await passwords(id)).toEqual([row]);
  });

  test('gets another password, and the one before ends with it', async () => {
    const id = await bootstrap('changer', 'first');
    expect(await bootstrap('changer', 'second', { now: NOW + 1000 })).toBe(id);
    const [before, after] = await passwords(id);
    expect(Number(before?.expires_at_int)).toBe((NOW + 1000) * 1000);
    expect(seconds(before?.expires_at ?? null)).toBe('2026-03-01 12:00:01');
    expect(after).toMatchObject({ expires_at: null, expires_at_int: null });
    expect(await verifyPassword('second', after?.password_hash ?? null, DEFAULT_OPTIONS)).toBe(true);
  });

  test('keeps as many passwords as must not be used again, and one besides the new one where none must', async () => {
    const id = await bootstrap('keeper', 'p0');
    for (let at = 1; at < 4; at++) await bootstrap('keeper', `p${at}`, { now: NOW + at });
    expect(await passwords(id)).toHaveLength(2);
    const config = cheap({ unique_last_password_count: 3 });
    for (let at = 4; at < 9; at++) await bootstrap('keeper', `p${at}`, { now: NOW + at, config });
    expect(await passwords(id)).toHaveLength(4);
  });

  test('has the new password even where the last was written by a clock ahead of this one', async () => {
    const id = await bootstrap('ahead', 'first', { now: NOW + 60_000 });
    await bootstrap('ahead', 'second');
    const [before, after] = await passwords(id);
    expect(Number(after?.created_at_int)).toBe(Number(before?.created_at_int) + 1);
  });

  test('is enabled again and no longer locked out, with the password he has', async () => {
    const id = await bootstrap('disabled', 's3cr3t');
    await execute(database.manager, sql`UPDATE \`user\` SET enabled = 0 WHERE id = ${id}`);
    await execute(database.manager, sql`UPDATE local_user SET failed_auth_count = 9 WHERE user_id = ${id}`);
    await bootstrap('disabled', 's3cr3t');
    expect(await user(id)).toMatchObject({ enabled: 1, failed_auth_count: 0 });
    expect(await passwords(id)).toHaveLength(1);
  });

  test('was idle for too long and is active again', async () => {
    const config = cheap({ disable_user_account_days_inactive: 10 });
    const id = await bootstrap('idle', 's3cr3t', { config });
    expect(await user(id)).toMatchObject({ last_active_at: '2026-03-01' });
    await bootstrap('idle', 's3cr3t', { config, now: NOW + 20 * 86_400_000 });
    expect(await user(id)).toMatchObject({ last_active_at: '2026-03-21' });
  });

  test('has a password that lasts as long as configured, renewed when it has expired', async () => {
    const config = cheap({ password_expires_days: 7 });
    const id = await bootstrap('lasting', 's3cr3t', { config });
    expect((await passwords(id))[0]?.expires_at).toMatch(/^2026-03-08 12:00:00/);
    expect(Number((await passwords(id))[0]?.expires_at_int)).toBe(Date.parse('2026-03-08T12:00:00Z') * 1000);
    await bootstrap('lasting', 's3cr3t', { config, now: NOW + 8 * 86_400_000 });
    expect(await passwords(id)).toHaveLength(2);
  });

  test('must change a password that is to be changed upon first use', async () => {
    const config = cheap({ change_password_upon_first_use: true });
    const id = await bootstrap('fresh', 's3cr3t', { config });
    expect(Number((await passwords(id))[0]?.expires_at_int)).toBe(NOW * 1000);
    await bootstrap('fresh', 's3cr3t', { config, now: NOW + 1 });
    expect(await passwords(id)).toHaveLength(1);
  });

  test('is one, though two make him at once', async () => {
    const [one, other] = await Promise.all([bootstrap('twin', 's3cr3t'), bootstrap('twin', 's3cr3t')]);
    expect(one).toBe(other);
    expect(await passwords(one)).toHaveLength(1);
  });

  test('that cannot be made shows no password in the error', async () => {
    const error: unknown = await bootstrap('x'.repeat(300), 'planted-secret').catch((e: unknown) => e);
    if (kind === 'mysql') expect(error).toBeInstanceOf(Error);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(Object(error)))).not.toContain('planted-secret');
  });
});
