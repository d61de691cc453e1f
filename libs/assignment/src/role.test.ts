import { whoMay, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addProject, addRole, assignmentApi, imply } from './assignment.fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await assignmentApi({ users: [], groups: [], members: [] });
  await addProject(api.database, 'north');
  await addRole(api.database, 'auditor');
  await addRole(api.database, 'guard', 'north');
  await imply(api.database, 'guard', 'auditor');
  await imply(api.database, 'guard', 'role-reader');
});
afterAll(() => api.close());

const ids = async (query: string): Promise<string[]> => {
  const { body } = await api.as('system-reader').get(`/v3/roles${query}`, 200);
  return body.roles.map(({ id }: { id: string }) => id);
};

test('a role is shown with its options and whatever else was stored with it', async () => {
  const { body } = await api.as('system-reader').get('/v3/roles/guard', 200);
  expect(body).toEqual({
    role: {
      id: 'guard',
      name: 'GUARD',
      domain_id: 'north',
      description: 'made for a test',
      options: {},
      colour: 'blue',
      links: { self: `${api.url}/v3/roles/guard` },
    },
  });
  const admin = await api.as('system-reader').get('/v3/roles/role-admin', 200);
  expect(admin.body.role).toMatchObject({ domain_id: null, description: null, options: { immutable: true } });
});

test('the list has the roles of no domain, or of the one that is named', async () => {
  const own = ['role-admin', 'role-manager', 'role-member', 'role-reader', 'role-service'];
  expect(await ids('')).toEqual(['auditor', ...own]);
  expect(await ids('?domain_id=north')).toEqual(['guard']);
  expect(await ids('?domain_id=nowhere')).toEqual([]);
});

test('filters', async () => {
  expect(await ids('?name=AUDITOR')).toEqual(['auditor']);
  expect(await ids('?name=GUARD')).toEqual([]);
  expect(await ids('?name__icontains=ADM')).toEqual(['role-admin']);
  expect(await ids('?name__contains=ADM')).toEqual([]);
  expect(await ids(`?name__icontains=${'x'.repeat(256)}`)).toEqual([]);
  expect(await ids(`?name=${encodeURIComponent(`' OR '1'='1`)}`)).toEqual([]);
});

test('a limit cuts the list and a marker does nothing, as in Python', async () => {
  const { body } = await api.as('system-reader').get('/v3/roles?limit=2', 200);
  expect(body).toMatchObject({
    roles: [{ id: 'auditor' }, { id: 'role-admin' }],
    truncated: true,
    links: { next: `${api.url}/v3/roles?limit=2&marker=role-admin` },
  });
  expect(await ids('?limit=6')).toHaveLength(6);
  expect(await ids('?limit=2&marker=role-admin')).toEqual(['auditor', 'role-admin']);
  expect(await ids('?limit=1&name__contains=r')).toEqual(['role-manager']);
  expect((await api.as('system-reader').get('/v3/roles?limit=0', 200)).body).toMatchObject({
    roles: [],
    truncated: true,
  });
  api.configure({ role: { list_limit: 1 } });
  expect((await api.as('system-reader').get('/v3/roles', 200)).body).toMatchObject({
    truncated: true,
    roles: [{ id: 'auditor' }],
  });
  api.configure({});
});

test('who may list and see roles', async () => {
  const readers = ['system-admin', 'system-manager', 'system-member', 'system-reader', 'domain-admin', 'project-admin'];
  expect((await whoMay(api, 'GET', '/v3/roles')).toSorted()).toEqual([...readers, 'domain-manager'].toSorted());
  expect((await whoMay(api, 'GET', '/v3/roles/auditor')).toSorted()).toEqual(readers.toSorted());
  // A manager sees those roles that he may give.
  expect((await whoMay(api, 'GET', '/v3/roles/role-member')).toSorted()).toEqual(
    [...readers, 'domain-manager', 'project-manager'].toSorted(),
  );
  const { body } = await api.as('project-none').get('/v3/roles/nope', 404);
  expect(body.error.message).toBe('Could not find role: nope.');
});

test('roles of a domain have rules of their own', async () => {
  const readers = ['project-admin', 'system-admin', 'system-manager', 'system-member', 'system-reader'];
  expect((await whoMay(api, 'GET', '/v3/roles?domain_id=north')).toSorted()).toEqual(readers);
  expect((await whoMay(api, 'GET', '/v3/roles/guard')).toSorted()).toEqual(readers);
  const { body } = await api.as('domain-admin').get('/v3/roles/guard', 403);
  expect(body.error.message).toBe('You are not authorized to perform the requested action: identity:get_domain_role.');
  await api.as(null).get('/v3/roles/nope', 401);
});

test('inferences are grouped by the role they begin with', async () => {
  const { body } = await api.as('system-reader').get('/v3/role_inferences', 200);
  const link = (id: string) => ({ self: `${api.url}/v3/roles/${id}` });
  expect(body.role_inferences).toHaveLength(4);
  expect(body.role_inferences).toContainEqual({
    prior_role: { id: 'guard', name: 'GUARD', links: link('guard') },
    implies: [
      { id: 'auditor', name: 'AUDITOR', links: link('auditor') },
      { id: 'role-reader', name: 'reader', links: link('role-reader') },
    ],
  });
  expect(body).not.toHaveProperty('links');
  expect((await whoMay(api, 'GET', '/v3/role_inferences')).toSorted()).toEqual([
    'project-admin',
    'system-admin',
    'system-manager',
    'system-member',
    'system-reader',
  ]);
});
