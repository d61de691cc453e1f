import { ask } from '@keystone/bus';
import { groupsOf, membersOf, namesOf, subjectOf } from '@keystone/contracts';
import { testKinds } from '@keystone/database/testing';
import { testApi, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identity } from './index.ts';
import { addFederated, addGroup, addPassword, addPerson, addServiceProvider, insert } from './people.fixture.ts';
import { execute, sql } from './sql.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const RULES = [['password', 'totp']];

describe.each(testKinds)('what others ask about users, on %s', (kind) => {
  let api: TestApi;
  let statements = 0;

  const subject = (user_id: string) => ask(api.bus, subjectOf, { user_id });

  beforeAll(async () => {
    const settings = { federation: { default_authorization_ttl: 60 } };
    api = await testApi([identity], { kind, settings, clock: () => NOW });
    const { manager } = api.database;
    const query = manager.query.bind(manager);
    manager.query = ((...args: Parameters<typeof query>) => (statements++, query(...args))) as typeof query;

    const options = { multi_factor_auth_rules: RULES, multi_factor_auth_enabled: false, 9999: true };
    await addPerson(api.database, { id: 'u1', name: 'Ann', default_project_id: 'p', hash: null, options });
    await addPerson(api.database, { id: 'u2', name: 'Bob', enabled: null });
    await addFederated(api.database, { id: 'u3', display_name: 'Fred', ttl: 30 });
    await insert(api.database, 'user', { id: 'u4', domain_id: 'north', enabled: 1, extra: '{}' });
    await insert(api.database, 'nonlocal_user', { user_id: 'u4', domain_id: 'north', name: 'Ldap' });
    await insert(api.database, 'identity_provider', { id: 'other', enabled: 1, domain_id: 'north' });
    await addGroup(api.database, { id: 'g1', name: 'cooks', members: ['u1', 'u3'] });
    await addGroup(api.database, { id: 'g2', name: 'waiters', members: ['u1'], domain_id: 'north' });
    await addGroup(api.database, { id: 'g3', name: 'guests' });
    const verified = (group_id: string, idp_id: string, last_verified: string) =>
      insert(api.database, 'expiring_user_group_membership', { user_id: 'u3', group_id, idp_id, last_verified });
    await verified('g1', 'idp', '2026-03-01 11:59:00');
    await verified('g2', 'idp', '2026-03-01 11:30:00');
    await verified('g3', 'other', '2026-03-01 11:00:01');
    await addServiceProvider(api.database, 'sp', true);
    await addServiceProvider(api.database, 'off', false);
  });
  afterAll(() => api.close());

  test('a user is told with his options by name and the groups he is in', async () => {
    expect(await subject('u1')).toEqual({
      subject: {
        id: 'u1',
        name: 'Ann',
        domain_id: 'default',
        enabled: true,
        default_project_id: 'p',
        password_expires_at: null,
        options: { multi_factor_auth_rules: RULES, multi_factor_auth_enabled: false },
        group_ids: ['g1', 'g2'],
        local_id: expect.any(Number),
      },
      service_providers: [{ id: 'sp', auth_url: 'http://auth', sp_url: 'http://sp' }],
    });
  });

  test('one without a local account has the name that he has elsewhere', async () => {
    expect((await subject('u3')).subject).toMatchObject({ name: 'Fred', enabled: true, default_project_id: null });
    expect((await subject('u4')).subject).toMatchObject({ name: 'Ldap', domain_id: 'north' });
    expect((await subject('u2')).subject).toMatchObject({ enabled: false });
  });

  test('one who is not there is null, and the service providers are told nonetheless', async () => {
    expect(await subject('nobody')).toMatchObject({ subject: null, service_providers: [{ id: 'sp' }] });
  });

  test('a membership of a mapping holds for as long as the identity provider says, or the configuration', async () => {
    expect((await ask(api.bus, groupsOf, { user_id: 'u3' })).sort()).toEqual(['g1', 'g3']);
    api.configure({ federation: { default_authorization_ttl: 59 } });
    expect(await ask(api.bus, groupsOf, { user_id: 'u3' })).toEqual(['g1']);
    api.configure({ federation: { default_authorization_ttl: 60 } });
    expect(await ask(api.bus, groupsOf, { user_id: 'nobody' })).toEqual([]);
  });

  test('the expiry is the microseconds’, and the older column’s only where these are not set', async () => {
    await addPassword(api.database, 'u1', {
      hash: null,
      created: 1_800_000_000_000_000,
      expires: 4_102_444_800_123_456,
    });
    expect((await subject('u1')).subject?.password_expires_at).toBe('2100-01-01T00:00:00.123456');
    await execute(
      api.database.manager,
      sql`UPDATE password SET expires_at_int = NULL, expires_at = ${'2099-01-01 00:00:01'}
      WHERE created_at_int = ${1_800_000_000_000_000}`,
    );
    expect((await subject('u1')).subject?.password_expires_at).toBe('2099-01-01T00:00:01.000000');
  });

  test('names and members are told in bulk, in a few statements, without who is not there', async () => {
    statements = 0;
    const many = Array.from({ length: 900 }, (_, at) => `nobody-${at}`);
    expect(await ask(api.bus, namesOf, { user_ids: ['u1', 'u3', 'u4', ...many], group_ids: ['g2', ...many] })).toEqual({
      users: [
        { id: 'u1', name: 'Ann', domain_id: 'default' },
        { id: 'u3', name: 'Fred', domain_id: 'federated' },
        { id: 'u4', name: 'Ldap', domain_id: 'north' },
      ],
      groups: [{ id: 'g2', name: 'waiters', domain_id: 'north' }],
    });
    const members = await ask(api.bus, membersOf, { group_ids: ['g1', 'g2', 'none', ...many] });
    expect(members.map(({ group_id, user_id }) => `${group_id} ${user_id}`).sort()).toEqual([
      'g1 u1',
      'g1 u3',
      'g2 u1',
    ]);
    expect(statements).toBe(3);
    expect(await ask(api.bus, namesOf, { user_ids: [], group_ids: [] })).toEqual({ users: [], groups: [] });
    expect(await ask(api.bus, membersOf, { group_ids: [] })).toEqual([]);
  });

  test('a subject takes two statements', async () => {
    statements = 0;
    await subject('u3');
    expect(statements).toBe(2);
  });

  test('nothing is told of users who are elsewhere: Python knows', async () => {
    api.configure({ identity: { driver: 'ldap' } });
    const asked = [
      subject('u1'),
      ask(api.bus, groupsOf, { user_id: 'u1' }),
      ask(api.bus, membersOf, { group_ids: ['g1'] }),
      ask(api.bus, namesOf, { user_ids: ['u1'], group_ids: [] }),
    ];
    for (const answer of await Promise.allSettled(asked)) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { detail: { headers: { 'x-keystone-hand-over': 'python' } } },
      });
    }
    api.configure({});
  });
});
