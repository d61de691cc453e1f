import { testKinds } from '@keystone/database/testing';
import { callerAs, testApi, whoMay, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identity } from './index.ts';
import { addFederated, addGroup, addPassword, addPerson, identify, insert } from './people.fixture.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const EXPIRES = 1_478_446_337_000_000;

const ids = (body: { users: { id: string }[] }) => body.users.map(({ id }) => id);

describe.each(testKinds)('users, on %s', (kind) => {
  let api: TestApi;
  const list = async (query: string, as = 'project-admin') =>
    ids((await api.as(as).get(`/v3/users${query}`, 200)).body);

  beforeAll(async () => {
    const callers = {
      ann: callerAs('project-none', { userId: 'u1' }),
      north: callerAs('domain-reader', { domainId: 'north' }),
      northAdmin: callerAs('domain-admin', { domainId: 'north' }),
    };
    api = await testApi([identity], { kind, callers, clock: () => NOW });
    const extra =
      '{"email": "a@x", "groups": ["x"], "password": "planted", "id": "not his", "links": {"self": "x", "o": 1}}';
    await addPerson(api.database, {
      id: 'u1',
      name: 'Ann',
      extra,
      expires: EXPIRES,
      hash: null,
      default_project_id: 'p',
    });
    await addPerson(api.database, {
      id: 'u2',
      name: 'ann',
      domain_id: 'north',
      options: { lock_password: true, '9999': 1 },
    });
    await addPerson(api.database, { id: 'u3', name: 'Bob', enabled: false, hash: null, expires: EXPIRES + 4e15 });
    await addFederated(api.database, { id: 'u4', display_name: 'Fred Fed' });
    await addPerson(api.database, { id: 'u5', name: 'Hannah', domain_id: 'north', hash: null, extra: null });
    await identify(api.database, 'u5', { idp: 'idp', unique_id: 'hannah@x', display_name: 'Hanny' });
    await insert(api.database, 'user', { id: 'u6', domain_id: 'north', enabled: 1, extra: '{}' });
    await insert(api.database, 'nonlocal_user', { user_id: 'u6', domain_id: 'north', name: 'Ldap' });
    await addGroup(api.database, { id: 'g1', name: 'cooks', members: ['u1', 'u2'] });
    await addGroup(api.database, { id: 'g2', name: 'waiters', domain_id: 'north', members: ['u1'] });
  });
  afterAll(() => api.close());

  test('a user is shown with extras, options and expiry, and with nothing of his password', async () => {
    const { body } = await api.as('project-admin').get('/v3/users/u1', 200);
    expect(body).toEqual({
      user: {
        id: 'u1',
        name: 'Ann',
        domain_id: 'default',
        enabled: true,
        default_project_id: 'p',
        password_expires_at: '2016-11-06T15:32:17.000000',
        options: {},
        email: 'a@x',
        links: { self: `${api.url}/v3/users/u1`, o: 1 },
      },
    });
    expect((await api.as('project-admin').get('/v3/users/u2', 200)).body.user).toEqual({
      id: 'u2',
      name: 'ann',
      domain_id: 'north',
      enabled: true,
      password_expires_at: null,
      options: { lock_password: true },
      links: { self: `${api.url}/v3/users/u2` },
    });
  });

  test('a federated user is named as the identity provider shows him, and says which one that is', async () => {
    const { body } = await api.as('project-admin').get('/v3/users/u4', 200);
    const federated = [{ idp_id: 'idp', protocols: [{ protocol_id: 'mapped', unique_id: 'u4-unique' }] }];
    expect(body.user).toMatchObject({ name: 'Fred Fed', federated });
    expect((await api.as('project-admin').get('/v3/users/u6', 200)).body.user).toMatchObject({ name: 'Ldap' });
  });

  test('a user may look at himself, readers of his domain at him, others learn not even whether he is there', async () => {
    const allowed = await whoMay(api, 'GET', '/v3/users/u1');
    expect(allowed.sort()).toEqual(
      [
        ...['admin', 'manager', 'member', 'reader'].flatMap((role) => [`system-${role}`, `domain-${role}`]),
        'project-admin',
      ].sort(),
    );
    await api.as('ann').get('/v3/users/u1', 200);
    await api.as('ann').get('/v3/users/u2', 403);
    await api.as('ann').get('/v3/users/nobody', 403);
    await api.as('north').get('/v3/users/u1', 403);
    const { body } = await api.as('system-reader').get('/v3/users/nobody', 404);
    expect(body.error.message).toBe('Could not find user: nobody.');
  });

  test('a list holds every user, and for a token of a domain those of that domain', async () => {
    expect(await list('')).toEqual(['u1', 'u2', 'u3', 'u4', 'u5', 'u6']);
    expect(await list('', 'north')).toEqual(['u2', 'u5', 'u6']);
    expect(await list('', 'northAdmin')).toEqual(['u2', 'u5', 'u6']);
    expect(await list('?domain_id=default', 'northAdmin')).toEqual([]);
    await api.as('project-reader').get('/v3/users', 403);
    await api.as('domain-none').get('/v3/users', 403);
    await api.as(null).get('/v3/users', 401);
  });

  test.each([
    ['?domain_id=north', ['u2', 'u5', 'u6']],
    ['?enabled=false', ['u3']],
    ['?enabled=0&name=Bob', ['u3']],
    ['?name=Fred%20Fed', ['u4']],
    ['?name=Hannah', ['u5']],
    ['?name=Hanny', ['u5']],
    ['?name=Ann&name=Bob', []],
    ['?name__contains=ann', ['u2', 'u5']],
    ['?name__icontains=ANN', ['u1', 'u2', 'u5']],
    ['?name__istartswith=AN', ['u1', 'u2']],
    ['?name__endswith=ob', ['u3']],
    ['?name__icontains=fred', ['u4']],
    [`?name__icontains=${'x'.repeat(300)}`, []],
    ['?idp_id=idp', ['u4', 'u5']],
    ['?unique_id=hannah@x&idp_id=idp&protocol_id=mapped', ['u5']],
    ['?idp_id=idp&name=Hannah', []],
    ['?idp_id=other', []],
    ['?password_expires_at=lt:2017-01-01T00:00:00Z', ['u1']],
    ['?password_expires_at=lte:2016-11-06T15:32:17Z', ['u1']],
    ['?password_expires_at=lt:2016-11-06T15:32:17Z', []],
    ['?password_expires_at=2016-11-06T17:32:17%2B02:00', ['u1']],
    ['?password_expires_at=neq:2016-11-06T15:32:17Z', ['u3']],
    ['?password_expires_at=gte:2016&enabled=true', ['u1']],
    ['?nothing=known&sort_key=name&sort_dir=asc', ['u1', 'u2', 'u3', 'u4', 'u5', 'u6']],
  ])('filters: %s', async (query, found) => {
    expect(await list(query)).toEqual(found);
  });

  test.each([
    [
      '?password_expires_at=zz:2016-01-01T00:00:00Z',
      "The given operator zz is not valid. It must be one of the following: 'eq', 'neq', 'lt', 'lte', 'gt', or 'gte'.",
    ],
    [
      '?password_expires_at=lt:then',
      'Timestamp not in expected format. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.',
    ],
    ['?name=', "Invalid input for field/attribute name. Value: . '' should be non-empty"],
    [
      '?domain_id=a_b',
      "Invalid input for field/attribute domain_id. Value: a_b. 'a_b' does not match '^[a-zA-Z0-9-]+$'",
    ],
    [
      '?enabled=foo',
      "Invalid input for field/attribute enabled. Value: foo. 'foo' is not one of [True, 'True', 'TRUE', 'true', False, 'False', 'FALSE', 'false', '', '1', '0', 'y', 'Y', 'n', 'N', 'on', 'ON', 'off', 'OFF', 'yes', 'no']",
    ],
    ['?sort_dir=up', "Invalid input for field/attribute sort_dir. Value: up. 'up' is not one of ['asc', 'desc']"],
  ])('refuses %s in the words of Python', async (query, message) => {
    expect((await api.as('project-admin').get(`/v3/users${query}`, 400)).body.error.message).toBe(message);
  });

  test('pages go by id, follow one another and end', async () => {
    const seen: string[] = [];
    let next: string | null = `${api.url}/v3/users?limit=4`;
    while (next) {
      const { body }: { body: any } = await api.as('project-admin').get(next.slice(api.url.length), 200); // eslint-disable-line @typescript-eslint/no-explicit-any -- as the client gives it
      seen.push(...ids(body));
      expect(body.truncated).toBe(body.links.next ? true : undefined);
      next = body.links.next;
    }
    expect(seen).toEqual(['u1', 'u2', 'u3', 'u4', 'u5', 'u6']);
    const { body } = await api.as('project-admin').get('/v3/users?marker=gone', 404);
    expect(body.error.message).toBe('Marker gone could not be found.');
  });

  test('a full page of a filtered list counts as cut, one that is not filtered does not', async () => {
    const cut = async (query: string) => (await api.as('project-admin').get(`/v3/users${query}`, 200)).body.truncated;
    expect(await cut('?limit=6')).toBeUndefined();
    expect(await cut('?limit=5')).toBe(true);
    expect(await cut('?limit=3&domain_id=north')).toBe(true);
    expect(await cut('?limit=4&domain_id=north')).toBeUndefined();
    expect(await cut('?limit=2&idp_id=idp')).toBeUndefined();
    expect(await cut('?limit=0')).toBe(true);
  });

  test('a configured limit takes the place of what is asked, and the most that a statement gives holds without a word', async () => {
    api.configure({ identity: { list_limit: 2 } });
    const { body } = await api.as('project-admin').get('/v3/users?limit=5', 200);
    expect(ids(body)).toEqual(['u1', 'u2']);
    expect(body.links.next).toBe(`${api.url}/v3/users?limit=2&marker=u2`);
    api.configure({ DEFAULT: { max_db_limit: 3 } });
    const most = await api.as('project-admin').get('/v3/users', 200);
    expect(ids(most.body)).toEqual(['u1', 'u2', 'u3']);
    expect(most.body.truncated).toBeUndefined();
    api.configure({});
  });

  test('a user idle for too long is shown as disabled', async () => {
    api.configure({ security_compliance: { disable_user_account_days_inactive: 30 } });
    expect((await api.as('project-admin').get('/v3/users/u1', 200)).body.user.enabled).toBe(false);
    api.configure({});
    expect((await api.as('project-admin').get('/v3/users/u1', 200)).body.user.enabled).toBe(true);
  });

  test('an earlier password neither shows nor hides when the present one expires', async () => {
    await addPerson(api.database, { id: 'v1', name: 'Changer', domain_id: 'south', hash: null, expires: null });
    await addPassword(api.database, 'v1', { hash: null, expires: EXPIRES, created: 1 });
    expect((await api.as('project-admin').get('/v3/users/v1', 200)).body.user.password_expires_at).toBeNull();
    expect(await list('?domain_id=south&password_expires_at=lt:2017')).toEqual(['v1']);
  });

  test('random filters are answered or refused, and never crash', async () => {
    const names = [
      'name',
      'enabled',
      'idp_id',
      'unique_id',
      'password_expires_at',
      'domain_id',
      'marker',
      'limit',
      'zz',
    ];
    const suffixes = ['', '__contains', '__icontains', '__startswith', '__iendswith', '__lt', '__', '__i'];
    const values = ['', 'a', '%', '_', '\\', "'", '"', '\0', '😀', '-1', '1e3', 'lt:', ':', 'x'.repeat(400), '𐀀%', '`'];
    let seed = 7;
    const pick = <T>(from: readonly T[]): T => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return from[Math.floor((seed / 2147483648) * from.length)] as T;
    };
    for (let round = 0; round < 150; round++) {
      const query = new URLSearchParams(
        Array.from({ length: 1 + (round % 3) }, () => [pick(names) + pick(suffixes), pick(values)]),
      );
      const path = pick(['/v3/users', '/v3/groups', '/v3/groups/g1/users', '/v3/users/u1/groups']);
      const { status } = await api.as('project-admin').send('GET', `${path}?${query}`);
      expect([200, 400, 404], `${path}?${query}`).toContain(status);
    }
  });

  test('is Python’s to answer where users are elsewhere', async () => {
    api.configure({ identity: { driver: 'ldap' } });
    for (const path of ['/v3/users', '/v3/users/u1', '/v3/users/u1/groups', '/v3/groups', '/v3/groups/g1']) {
      const { headers } = await api.as('project-admin').get(path, 503);
      expect(headers.get('x-keystone-hand-over')).toBe('python');
    }
    api.configure({});
  });
});
