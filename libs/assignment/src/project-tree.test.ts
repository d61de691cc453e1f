import { callerAs, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addProject, assignmentApi, grant } from './assignment.fixture.ts';

const directory = {
  users: [{ id: 'ann', name: 'Ann', domain_id: 'north' }],
  groups: [],
  members: [{ group_id: 'crew', user_id: 'ann' }],
};

let api: TestApi;
beforeAll(async () => {
  api = await assignmentApi(directory, {
    callers: {
      ann: callerAs('project-member', { userId: 'ann', projectId: 'web-1' }),
      'north-admin': callerAs('domain-admin', { domainId: 'north' }),
      'north-reader': callerAs('domain-reader', { domainId: 'north' }),
    },
  });
  const { database } = api;
  await addProject(database, 'north', { tags: ['far'] });
  await addProject(database, 'web', { domain: 'north', tags: ['red', 'green'], extra: { colour: 'blue', name: 'no' } });
  await addProject(database, 'web-1', { domain: 'north', parent: 'web', tags: ['red'], enabled: false });
  await addProject(database, 'web-2', { domain: 'north', parent: 'web', tags: ['Red', 'blue'], description: null });
  await addProject(database, 'web-2-1', { domain: 'north', parent: 'web-2' });
  await grant(database, 'UserProject', 'ann', 'web', 'role-member');
  await grant(database, 'GroupProject', 'crew', 'web-2', 'role-reader', true);
});
afterAll(() => api.close());

test('parents and subtree as ids', async () => {
  const { body } = await api.as('system-admin').get('/v3/projects/web-2-1?parents_as_ids&subtree_as_ids', 200);
  expect(body.project).toMatchObject({ parents: { 'web-2': { web: { north: null } } }, subtree: null });
  const { body: domain } = await api.as('system-admin').get('/v3/projects/north?parents_as_ids&subtree_as_ids=1', 200);
  expect(domain.project.parents).toBeNull();
  expect(domain.project.subtree).toEqual({ web: { 'web-1': null, 'web-2': { 'web-2-1': null } } });
  expect((await api.as('system-admin').get('/v3/projects/web?subtree_as_ids=0', 200)).body.project).not.toHaveProperty(
    'subtree',
  );
});

test('parents and subtree as lists hold what the caller may scope to', async () => {
  const { body } = await api.as('ann').get('/v3/projects/web-1?parents_as_list', 200);
  expect(body.project.parents).toMatchObject([
    { project: { id: 'web', links: { self: `${api.url}/v3/projects/web` } } },
  ]);
  const stranger = await api.as('system-admin').get('/v3/projects/web?subtree_as_list&parents_as_list', 200);
  expect(stranger.body.project).toMatchObject({ subtree: [], parents: [] });
});

test('a list and ids at once are refused', async () => {
  const { body } = await api.as('system-admin').get('/v3/projects/web?parents_as_list&parents_as_ids', 400);
  expect(body.error.message).toBe('Cannot use parents_as_list and parents_as_ids query params at the same time.');
  await api.as('system-admin').get('/v3/projects/web?subtree_as_list&subtree_as_ids', 400);
});

test('the projects of a user are his own and his groups’, disabled ones too', async () => {
  const { body } = await api.as('system-reader').get('/v3/users/ann/projects', 200);
  expect(body.projects.map(({ id }: { id: string }) => id)).toEqual(['web', 'web-2-1']);
  await api.as('ann').get('/v3/users/ann/projects?limit=1', 200);
  const filtered = await api.as('north-reader').get('/v3/users/ann/projects?name__icontains=2', 200);
  expect(filtered.body.projects).toMatchObject([{ id: 'web-2-1' }]);
  await api.as('domain-reader').get('/v3/users/ann/projects', 403);
  await api.as('project-reader').get('/v3/users/nobody/projects', 403);
  const { body: gone } = await api.as('system-admin').get('/v3/users/nobody/projects', 404);
  expect(gone.error.message).toBe('Could not find user: nobody.');
});
