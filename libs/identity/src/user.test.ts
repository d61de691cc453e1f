import { testKinds } from '@keystone/database/testing';
import { whoMay } from '@keystone/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usersApi, type UsersApi } from './users.fixture.ts';

describe.each(testKinds)('a user, on %s', (kind) => {
  let api: UsersApi;
  beforeAll(async () => {
    api = await usersApi(kind);
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

  test('a user idle for too long is shown as disabled', async () => {
    api.configure({ security_compliance: { disable_user_account_days_inactive: 30 } });
    expect((await api.as('project-admin').get('/v3/users/u1', 200)).body.user.enabled).toBe(false);
    api.configure({});
    expect((await api.as('project-admin').get('/v3/users/u1', 200)).body.user.enabled).toBe(true);
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
