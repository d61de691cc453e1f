import type { Kind } from '@keystone/database';
import { callerAs, testApi } from '@keystone/testing';
import { identity } from './index.ts';
import { addFederated, addGroup, addPerson, identify, insert } from './people.fixture.ts';

/** When one password expires, and another long after: microseconds since the epoch. */
export const EXPIRES = 1_478_446_337_000_000;
const LATER = EXPIRES + 4e15;

/** Users u1 to u6 of every sort, groups g1 and g2, and tokens of Ann (u1) and for the domain `north`. */
export async function usersApi(kind: Kind) {
  const callers = {
    ann: callerAs('project-none', { userId: 'u1' }),
    north: callerAs('domain-reader', { domainId: 'north' }),
    northAdmin: callerAs('domain-admin', { domainId: 'north' }),
  };
  const clock = () => Date.parse('2026-03-01T12:00:00Z');
  const api = await testApi([identity], { kind, callers, clock });
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
  await addPerson(api.database, { id: 'u3', name: 'Bob', enabled: false, hash: null, expires: LATER });
  await addFederated(api.database, { id: 'u4', display_name: 'Fred Fed' });
  await addPerson(api.database, { id: 'u5', name: 'Hannah', domain_id: 'north', hash: null, extra: null });
  await identify(api.database, 'u5', { idp: 'idp', unique_id: 'hannah@x', display_name: 'Hanny' });
  await insert(api.database, 'user', { id: 'u6', domain_id: 'north', enabled: 1, extra: '{}' });
  await insert(api.database, 'nonlocal_user', { user_id: 'u6', domain_id: 'north', name: 'Ldap' });
  await addGroup(api.database, { id: 'g1', name: 'cooks', members: ['u1', 'u2'] });
  await addGroup(api.database, { id: 'g2', name: 'waiters', domain_id: 'north', members: ['u1'] });
  return {
    ...api,
    /** The ids in a list of users. */
    async list(query: string, as = 'project-admin'): Promise<string[]> {
      const { body } = await api.as(as).get(`/v3/users${query}`, 200);
      return body.users.map(({ id }: { id: string }) => id);
    },
  };
}

export type UsersApi = Awaited<ReturnType<typeof usersApi>>;
