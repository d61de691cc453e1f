import { callerAs, whoMay, type TestApi } from '@keystone/testing';
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

const ids = async (path: string, as = 'system-admin'): Promise<string[]> => {
  const { body } = await api.as(as).get(`/v3/projects${path}`, 200);
  return body.projects.map(({ id }: { id: string }) => id);
};

test('a project is shown with its tags, options and whatever else was stored with it', async () => {
  const { body } = await api.as('system-reader').get('/v3/projects/web', 200);
  expect(body).toEqual({
    project: {
      id: 'web',
      name: 'WEB',
      description: '',
      enabled: true,
      domain_id: 'north',
      parent_id: 'north',
      is_domain: false,
      tags: ['green', 'red'],
      options: {},
      colour: 'blue',
      links: { self: `${api.url}/v3/projects/web` },
    },
  });
  const { body: domain } = await api.as('system-reader').get('/v3/projects/north', 200);
  expect(domain.project).toMatchObject({ is_domain: true, domain_id: null, parent_id: null, tags: ['far'] });
});

test('who may see a project', async () => {
  const anyAdmin = ['system-admin', 'domain-admin', 'project-admin'];
  expect(await whoMay(api, 'GET', '/v3/projects/web')).toEqual(expect.arrayContaining(anyAdmin));
  expect((await whoMay(api, 'GET', '/v3/projects/web')).toSorted()).toEqual(
    [...anyAdmin, 'system-manager', 'system-member', 'system-reader'].toSorted(),
  );
  await api.as('ann').get('/v3/projects/web-1', 200);
  await api.as('ann').get('/v3/projects/web', 403);
  await api.as('north-reader').get('/v3/projects/web', 200);
  await api.as('north-reader').get('/v3/projects/project-admin', 403);
});

test('whether a project is there, only those learn who might see it', async () => {
  const { body } = await api.as('system-reader').get('/v3/projects/nowhere', 404);
  expect(body.error.message).toBe('Could not find project: nowhere.');
  await api.as('project-reader').get('/v3/projects/nowhere', 403);
  await api.as('system-admin').get('/v3/projects/%3C%3Ckeystone.domain.root%3E%3E', 404);
});

test('the list leaves domains out unless they are asked for', async () => {
  expect(await ids('')).toEqual(['project-admin', 'web', 'web-1', 'web-2', 'web-2-1']);
  expect(await ids('?is_domain=true')).toEqual(['default', 'north']);
});

test('who may list projects, and that a domain’s people see their domain only', async () => {
  expect((await whoMay(api, 'GET', '/v3/projects')).toSorted()).toEqual(
    [
      'system-admin',
      'system-manager',
      'system-member',
      'system-reader',
      'domain-admin',
      'domain-manager',
      'domain-member',
      'domain-reader',
      'project-admin',
    ].toSorted(),
  );
  expect(await ids('', 'north-reader')).toEqual(['web', 'web-1', 'web-2', 'web-2-1']);
  expect(await ids('', 'domain-reader')).toEqual(['project-admin']);
});

test('filters', async () => {
  expect(await ids('?name=WEB')).toEqual(['web']);
  expect(await ids('?enabled=0')).toEqual(['web-1']);
  expect(await ids('?enabled=false&domain_id=default')).toEqual([]);
  expect(await ids('?domain_id=default')).toEqual(['project-admin']);
  expect(await ids('?name__icontains=eb-2')).toEqual(['web-2', 'web-2-1']);
  expect(await ids('?name__contains=eb-2')).toEqual([]);
  expect(await ids('?name__startswith=WEB-2')).toEqual(['web-2', 'web-2-1']);
  expect(await ids('?name__iendswith=-1')).toEqual(['web-1', 'web-2-1']);
  expect(await ids(`?name__icontains=${'x'.repeat(65)}`)).toEqual([]);
  expect(await ids('?name=WEB&name=WEB-1')).toEqual([]);
});

test('tags: all of them, any of them, and not', async () => {
  expect(await ids('?tags=red')).toEqual(['web', 'web-1']);
  expect(await ids('?tags=red,green')).toEqual(['web']);
  expect(await ids('?tags-any=green,blue')).toEqual(['web', 'web-2']);
  expect(await ids('?tags-any=green,blue&tags=red')).toEqual(['web']);
  expect(await ids('?not-tags=red,green')).toEqual(['project-admin', 'web-1', 'web-2', 'web-2-1']);
  expect(await ids('?not-tags-any=red,blue')).toEqual(['project-admin', 'web-2-1']);
  expect(await ids('?tags=red&not-tags=green')).toEqual(['web-1']);
  expect(await ids('?tags=none')).toEqual([]);
});

test('tags that Python combines in a way of its own', async () => {
  expect(await ids('?tags=none&not-tags=green')).toEqual(['project-admin', 'web-1', 'web-2', 'web-2-1']);
  expect(await ids('?not-tags=red&not-tags-any=red')).toEqual(['project-admin', 'web', 'web-1', 'web-2', 'web-2-1']);
});

test('pages follow one another, and a full one counts as cut short', async () => {
  const seen: string[] = [];
  let next: string | null = '/v3/projects?limit=2&domain_id=north';
  for (let pages = 0; next && pages < 5; pages++) {
    const { body } = await api.as('system-admin').get(next, 200);
    seen.push(...body.projects.map(({ id }: { id: string }) => id));
    next = body.links.next?.replace(api.url, '') ?? null;
    expect(body.truncated).toBe(body.projects.length === 2 ? true : undefined);
  }
  expect(seen).toEqual(['web', 'web-1', 'web-2', 'web-2-1']);
  const { body } = await api.as('system-admin').get('/v3/projects?marker=nope', 404);
  expect(body.error.message).toBe('Marker nope could not be found.');
});

test('[resource] list_limit and [DEFAULT] max_db_limit cut lists, the latter without a word', async () => {
  api.configure({ resource: { list_limit: 2 } });
  const { body } = await api.as('system-admin').get('/v3/projects', 200);
  expect(body).toMatchObject({ truncated: true, projects: [{ id: 'project-admin' }, { id: 'web' }] });
  api.configure({ DEFAULT: { max_db_limit: 3 } });
  const cut = await api.as('system-admin').get('/v3/projects', 200);
  expect(cut.body.projects).toHaveLength(3);
  expect(cut.body).not.toHaveProperty('truncated');
  expect(await ids('?limit=100')).toHaveLength(3);
  api.configure({});
});

test('what looks like SQL is only a value', async () => {
  for (const text of [`' OR '1'='1`, `\\' OR 1=1 -- `, '"; DROP TABLE project; --', '%00', '😀']) {
    const value = encodeURIComponent(text);
    expect(await ids(`?name=${value}`)).toEqual([]);
    expect(await ids(`?name__icontains=${value}`)).toEqual([]);
    expect(await ids(`?tags=${value}`)).toEqual([]);
    await api.as('system-admin').get(`/v3/projects?marker=${value}`, 404);
    await api.as('system-admin').get(`/v3/projects/${value}`, 404);
    await api.as('system-admin').get(`/v3/projects?domain_id=${value}`, 400);
  }
  expect(await ids('')).toHaveLength(5);
});

test('values that do not fit are refused before anybody is asked who he is', async () => {
  const { body } = await api.as(null).get('/v3/projects?parent_id=x', 400);
  expect(body.error.message).toBe(`Invalid input for field/attribute parent_id. Value: x. 'x' is not a 'uuid'`);
  await api.as(null).get('/v3/projects?enabled=perhaps', 400);
  await api.as(null).get(`/v3/projects?name=${'x'.repeat(65)}`, 400);
  await api.as(null).get('/v3/projects', 401);
});
