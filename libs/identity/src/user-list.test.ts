import { testKinds } from '@keystone/database/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addPassword, addPerson } from './people.fixture.ts';
import { EXPIRES, usersApi, type UsersApi } from './users.fixture.ts';

const ids = (body: { users: { id: string }[] }) => body.users.map(({ id }) => id);

describe.each(testKinds)('a list of users, on %s', (kind) => {
  let api: UsersApi;
  beforeAll(async () => {
    api = await usersApi(kind);
  });
  afterAll(() => api.close());

  test('a list holds every user, and for a token of a domain those of that domain', async () => {
    expect(await api.list('')).toEqual(['u1', 'u2', 'u3', 'u4', 'u5', 'u6']);
    expect(await api.list('', 'north')).toEqual(['u2', 'u5', 'u6']);
    expect(await api.list('', 'northAdmin')).toEqual(['u2', 'u5', 'u6']);
    expect(await api.list('?domain_id=default', 'northAdmin')).toEqual([]);
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
    ['?name__icontains=fred', []],
    ['?name__icontains=fred%20fed', kind === 'mysql' ? ['u4'] : []],
    ['?name__contains=red', ['u4']],
    ['?name__contains=nn&domain_id=north', ['u2', 'u5']],
    ['?name=ann&domain_id=north', ['u2']],
    [`?name__icontains=${'x'.repeat(300)}`, []],
    ['?idp_id=idp', ['u4', 'u5']],
    ['?unique_id=hannah@x&idp_id=idp&protocol_id=mapped', ['u5']],
    ['?idp_id=idp&name=Hannah', []],
    ['?idp_id=idp&name=Hanny', ['u5']],
    ['?idp_id__contains=id', []],
    ['?idp_id=other', []],
    ['?password_expires_at=lt:2017-01-01T00:00:00Z', ['u1']],
    ['?password_expires_at=lte:2016-11-06T15:32:17Z', ['u1']],
    ['?password_expires_at=lt:2016-11-06T15:32:17Z', []],
    ['?password_expires_at=2016-11-06T17:32:17%2B02:00', ['u1']],
    ['?password_expires_at=neq:2016-11-06T15:32:17Z', ['u3']],
    ['?password_expires_at=gte:2016&enabled=true', ['u1']],
    ['?nothing=known&sort_key=name&sort_dir=asc', ['u1', 'u2', 'u3', 'u4', 'u5', 'u6']],
  ])('filters: %s', async (query, found) => {
    expect(await api.list(query)).toEqual(found);
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

  test('an earlier password neither shows nor hides when the present one expires', async () => {
    await addPerson(api.database, { id: 'v1', name: 'Changer', domain_id: 'south', hash: null, expires: null });
    await addPassword(api.database, 'v1', { hash: null, expires: EXPIRES, created: 1 });
    expect((await api.as('project-admin').get('/v3/users/v1', 200)).body.user.password_expires_at).toBeNull();
    expect(await api.list('?domain_id=south&password_expires_at=lt:2017')).toEqual(['v1']);
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
});
