import { testKinds } from '@keystone/database/testing';
import { callerAs, testApi, whoMay, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identity } from './index.ts';
import { addFederated, addGroup, addPerson, insert } from './people.fixture.ts';
import { execute, sql, type Sql } from './sql.ts';

const NOW = Date.parse('2026-03-01T12:00:00.500Z');
const READERS = [
  ...['admin', 'manager', 'member', 'reader'].flatMap((role) => [`system-${role}`, `domain-${role}`]),
  'project-admin',
].sort();

describe.each(testKinds)('groups, on %s', (kind) => {
  let api: TestApi;
  const get = async (path: string, as = 'project-admin') => (await api.as(as).get(path, 200)).body;
  const shown = async (path: string, as?: string) => {
    const { users, groups } = await get(path, as);
    return (users ?? groups).map(({ id }: { id: string }) => id);
  };

  beforeAll(async () => {
    const callers = {
      ann: callerAs('project-none', { userId: 'u1' }),
      north: callerAs('domain-reader', { domainId: 'north' }),
    };
    const settings = { federation: { default_authorization_ttl: 60 } };
    api = await testApi([identity], { kind, callers, settings, clock: () => NOW });
    await addPerson(api.database, { id: 'u1', name: 'Ann' });
    await addPerson(api.database, { id: 'u2', name: 'Bob', enabled: false });
    await addPerson(api.database, { id: 'u3', name: 'Cleo', domain_id: 'north' });
    await addFederated(api.database, { id: 'u4', display_name: 'Fred', ttl: 30 });
    await insert(api.database, 'identity_provider', { id: 'other', enabled: 1, domain_id: 'north' });
    await addGroup(api.database, { id: 'g1', name: 'cooks', members: ['u1', 'u2', 'u3'], extra: '{"floor": 2}' });
    await addGroup(api.database, { id: 'g2', name: 'waiters', domain_id: 'north', members: ['u1', 'u3'] });
    await addGroup(api.database, { id: 'g3', name: 'Guests' });
    const verified = (group_id: string, idp_id: string, last_verified: string) =>
      insert(api.database, 'expiring_user_group_membership', { user_id: 'u4', group_id, idp_id, last_verified });
    await verified('g1', 'idp', '2026-03-01 11:30:01');
    await verified('g2', 'idp', '2026-03-01 11:30:00');
    await verified('g3', 'other', '2026-03-01 11:00:01');
  });
  afterAll(() => api.close());

  test('a group is shown with its extras and a link to itself', async () => {
    expect(await get('/v3/groups/g1')).toEqual({
      group: {
        id: 'g1',
        name: 'cooks',
        domain_id: 'default',
        description: null,
        floor: 2,
        links: { self: `${api.url}/v3/groups/g1` },
      },
    });
    expect((await api.as('project-admin').get('/v3/groups/none', 404)).body.error.message).toBe(
      'Could not find group: none.',
    );
    await api.as('domain-reader').get('/v3/groups/none', 403);
  });

  test('those who read the domain read its groups and who is in them', async () => {
    expect((await whoMay(api, 'GET', '/v3/groups/g1')).sort()).toEqual(READERS);
    expect((await whoMay(api, 'GET', '/v3/groups/g1/users')).sort()).toEqual(READERS);
    expect((await whoMay(api, 'GET', '/v3/groups')).sort()).toEqual(READERS);
    expect((await whoMay(api, 'GET', '/v3/groups/g1/users/u1')).sort()).toEqual(READERS);
    const strangers = await whoMay(api, 'GET', '/v3/groups/g2/users');
    expect(strangers.sort()).toEqual(READERS.filter((who) => !who.startsWith('domain') || who === 'domain-admin'));
  });

  test.each([
    ['', ['g1', 'g2', 'g3']],
    ['?name=cooks', ['g1']],
    ['?name__icontains=GUEST', ['g3']],
    ['?name__contains=GUEST', []],
    ['?domain_id=north', ['g2']],
    ['?limit=2', ['g1', 'g2']],
    ['?limit=2&marker=g2', ['g3']],
  ])('filters and pages: %s', async (query, found) => {
    expect(await shown(`/v3/groups${query}`)).toEqual(found);
  });

  test('a list for a token of a domain holds the groups of that domain', async () => {
    expect(await shown('/v3/groups', 'north')).toEqual(['g2']);
    expect(await shown('/v3/groups?domain_id=default', 'north')).toEqual([]);
    await api.as('project-admin').get('/v3/groups?marker=gone', 404);
  });

  test.each([
    ['', ['u1', 'u2', 'u3']],
    ['?enabled=true', ['u1', 'u3']],
    ['?name=Bob', ['u2']],
    ['?name__contains=le', ['u3']],
    ['?domain_id=north', ['u3']],
    ['?password_expires_at=lt:2030', []],
  ])('members of a group are users that it was given, not those of a mapping: %s', async (query, found) => {
    expect(await shown(`/v3/groups/g1/users${query}`)).toEqual(found);
  });

  test('members come in pages that follow one another', async () => {
    const first = await get('/v3/groups/g1/users?limit=2');
    expect(first.users.map(({ id }: { id: string }) => id)).toEqual(['u1', 'u2']);
    expect(first.truncated).toBe(true);
    expect(await shown(first.links.next.slice(api.url.length))).toEqual(['u3']);
    expect((await get('/v3/groups/g1/users?limit=3')).truncated).toBeUndefined();
  });

  test('a group of more members than a statement takes values is listed whole', async () => {
    await addGroup(api.database, { id: 'crowd', name: 'crowd' });
    const digits = ['a', 'b', 'c', 'd', 'e'].map(
      (name) => sql`(SELECT 0 AS v UNION SELECT 1 UNION SELECT 2 UNION SELECT 3
      UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7) ${{ text: name, values: [] }}`,
    );
    const [a, b, c, d, e] = digits as [Sql, Sql, Sql, Sql, Sql];
    await execute(
      api.database.manager,
      sql`INSERT INTO \`user\` (id, domain_id, enabled, extra)
      SELECT 100000 + a.v * 4096 + b.v * 512 + c.v * 64 + d.v * 8 + e.v, 'crowd', 1, '{}' FROM ${a}, ${b}, ${c}, ${d}, ${e}
      UNION ALL SELECT 200000 + a.v * 64 + b.v * 8 + c.v, 'crowd', 1, '{}' FROM ${a}, ${b}, ${c}`,
    );
    await execute(
      api.database.manager,
      sql`INSERT INTO user_group_membership (user_id, group_id) SELECT id, 'crowd' FROM \`user\` WHERE domain_id = 'crowd'`,
    );
    expect(await shown('/v3/groups/crowd/users')).toHaveLength(8 ** 5 + 8 ** 3);
  });

  test('a member is linked as a user', async () => {
    const { users } = await get('/v3/groups/g2/users');
    expect(users[0]).toMatchObject({ id: 'u1', name: 'Ann', options: {}, links: { self: `${api.url}/v3/users/u1` } });
    expect(users[0]).not.toHaveProperty('default_project_id');
  });

  test('a user sees his groups, with the end of each membership that has one and has not come', async () => {
    const { groups } = await get('/v3/users/u4/groups');
    expect(groups).toMatchObject([
      { id: 'g1', membership_expires_at: '2026-03-01T12:00:01.000000', links: { self: `${api.url}/v3/groups/g1` } },
      { id: 'g3', membership_expires_at: '2026-03-01T12:00:01.000000' },
    ]);
    expect((await get('/v3/users/u1/groups', 'ann')).groups).toMatchObject([
      { id: 'g1', membership_expires_at: null },
      { id: 'g2', membership_expires_at: null },
    ]);
    expect(await shown('/v3/users/u4/groups?name=Guests')).toEqual(['g3']);
    expect(await shown('/v3/users/u1/groups?name__contains=wait')).toEqual(['g2']);
    expect(await shown('/v3/users/u1/groups?limit=1')).toEqual(['g1']);
    expect(await shown('/v3/users/u1/groups?limit=1&marker=g1')).toEqual(['g2']);
    await api.as('ann').get('/v3/users/u3/groups', 403);
    await api.as('project-admin').get('/v3/users/none/groups', 404);
  });

  test('whether a user is in a group is told by the status alone', async () => {
    const { body } = await api.as('project-admin').get('/v3/groups/g1/users/u1', 204);
    expect(body).toBeUndefined();
    await api.as('project-admin').head('/v3/groups/g1/users/u4', 204);
    const message = async (path: string) => (await api.as('project-admin').get(path, 404)).body.error.message;
    expect(await message('/v3/groups/g2/users/u4')).toBe("User 'u4' not found in group 'g2'");
    expect(await message('/v3/groups/g3/users/u1')).toBe("User 'u1' not found in group 'g3'");
    expect(await message('/v3/groups/none/users/u1')).toBe('Could not find group: none.');
    expect(await message('/v3/groups/g1/users/none')).toBe('Could not find user: none.');
    await api.as('domain-reader').get('/v3/groups/g1/users/u3', 403);
    await api.as('domain-reader').get('/v3/groups/g1/users/none', 403);
  });
});
