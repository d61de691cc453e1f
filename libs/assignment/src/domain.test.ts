import { callerAs, whoMay, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addProject, assignmentApi } from './assignment.fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await assignmentApi(
    { users: [], groups: [], members: [] },
    {
      callers: {
        'north-reader': callerAs('domain-reader', { domainId: 'north' }),
        'north-project': callerAs('project-none', { domainId: 'north', projectId: 'web' }),
      },
    },
  );
  await addProject(api.database, 'north', { tags: ['far'], extra: { colour: 'blue' } });
  await addProject(api.database, 'south', { enabled: false });
  await addProject(api.database, 'web', { domain: 'north' });
});
afterAll(() => api.close());

const ids = async (query: string, as = 'system-reader'): Promise<string[]> => {
  const { body } = await api.as(as).get(`/v3/domains${query}`, 200);
  return body.domains.map(({ id }: { id: string }) => id);
};

test('a domain is shown without what only projects have', async () => {
  const { body } = await api.as('system-reader').get('/v3/domains/north', 200);
  expect(body).toEqual({
    domain: {
      id: 'north',
      name: 'NORTH',
      description: '',
      enabled: true,
      tags: ['far'],
      options: {},
      colour: 'blue',
      links: { self: `${api.url}/v3/domains/north` },
    },
  });
});

test('neither a project nor the domain of all domains is one, and ids are taken letter by letter', async () => {
  for (const id of ['web', 'NORTH', 'nowhere', '<<keystone.domain.root>>', `' OR '1'='1`]) {
    const { body } = await api.as('system-admin').get(`/v3/domains/${encodeURIComponent(id)}`, 404);
    expect(body.error.message).toBe(`Could not find domain: ${id}.`);
  }
});

test('who may see a domain', async () => {
  expect((await whoMay(api, 'GET', '/v3/domains/north')).toSorted()).toEqual([
    'domain-admin',
    'project-admin',
    'system-admin',
    'system-manager',
    'system-member',
    'system-reader',
  ]);
  await api.as('north-reader').get('/v3/domains/north', 200);
  await api.as('north-project').get('/v3/domains/north', 200);
  await api.as('north-project').get('/v3/domains/default', 403);
  await api.as('north-project').get('/v3/domains/nowhere', 403);
});

test('who may list domains, and that a domain’s people see their own only', async () => {
  expect(await ids('')).toEqual(['default', 'north', 'south']);
  expect(await ids('', 'north-reader')).toEqual(['north']);
  expect(await ids('', 'domain-admin')).toEqual(['default']);
  expect((await whoMay(api, 'GET', '/v3/domains')).toSorted()).toEqual([
    'domain-admin',
    'domain-manager',
    'domain-member',
    'domain-reader',
    'project-admin',
    'system-admin',
    'system-manager',
    'system-member',
    'system-reader',
  ]);
});

test('filters and pages', async () => {
  expect(await ids('?name=NORTH')).toEqual(['north']);
  expect(await ids('?enabled=no')).toEqual(['south']);
  expect(await ids('?enabled')).toEqual(['default', 'north']);
  expect(await ids('?name__iendswith=TH')).toEqual(['north', 'south']);
  expect(await ids('?name__endswith=TH&enabled=0')).toEqual(['south']);
  expect(await ids('?is_domain=0&domain_id=default')).toEqual(['default', 'north', 'south']);
  expect(await ids('?marker=north')).toEqual(['south']);
  const { body } = await api.as('system-reader').get('/v3/domains?limit=1&marker=default', 200);
  expect(body).toMatchObject({
    domains: [{ id: 'north' }],
    truncated: true,
    links: { next: `${api.url}/v3/domains?limit=1&marker=north`, previous: null },
  });
  await api.as('system-reader').get('/v3/domains?marker=nope', 404);
  await api.as('system-reader').get('/v3/domains?name=', 400);
});
