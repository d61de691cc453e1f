import { defaultRules } from '@keystone/policy';
import { testApi, whoMay, type Persona, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalog } from './index.ts';

let api: TestApi;
beforeAll(async () => {
  api = await testApi([catalog]);
});
afterAll(() => api.close());

const ADMINS: Persona[] = ['system-admin', 'project-admin'];
const READERS: Persona[] = [...ADMINS, 'system-manager', 'system-member', 'system-reader'];
const ANYBODY: Persona[] = ['system', 'domain', 'project'].flatMap((scope) =>
  ['admin', 'manager', 'member', 'reader', 'none'].map((role) => `${scope}-${role}` as Persona),
);

const region = { region: { description: 'x' } };
const service = { service: { name: 'x', type: 'x' } };
const endpoint = { endpoint: { interface: 'public', url: 'http://x', service_id: 'none' } };

/** What each operation is tried with fails after the permission, so that nobody changes anything for the next. */
const TABLE: [string, string, Persona[], unknown?][] = [
  ['GET', '/v3/regions', ANYBODY],
  ['HEAD', '/v3/regions', ANYBODY],
  ['POST', '/v3/regions', ADMINS, { region: { parent_region_id: 'none' } }],
  ['GET', '/v3/regions/none', ANYBODY],
  ['HEAD', '/v3/regions/none', ANYBODY],
  ['PUT', '/v3/regions/none', ADMINS, { region: { id: 'other' } }],
  ['PATCH', '/v3/regions/none', ADMINS, region],
  ['DELETE', '/v3/regions/none', ADMINS],
  ['GET', '/v3/services', READERS],
  ['HEAD', '/v3/services', READERS],
  ['POST', '/v3/services', ADMINS, {}],
  ['GET', '/v3/services/none', READERS],
  ['HEAD', '/v3/services/none', READERS],
  ['PATCH', '/v3/services/none', ADMINS, service],
  ['DELETE', '/v3/services/none', ADMINS],
  ['GET', '/v3/endpoints', READERS],
  ['HEAD', '/v3/endpoints', READERS],
  ['POST', '/v3/endpoints', ADMINS, endpoint],
  ['GET', '/v3/endpoints/none', READERS],
  ['HEAD', '/v3/endpoints/none', READERS],
  ['PATCH', '/v3/endpoints/none', ADMINS, endpoint],
  ['DELETE', '/v3/endpoints/none', ADMINS],
];

test.each(TABLE)('%s %s is for those it is for', async (method, path, allowed, body) => {
  const found = await whoMay(api, method, path, body === undefined ? {} : { body });
  expect(found.toSorted()).toEqual(allowed.toSorted());
});

test('every operation has its line in the table', () => {
  const tried = TABLE.map(([method, path]) => `${method} ${path.replace('/none', '/{id}')}`);
  const { operations } = catalog;
  expect(operations.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/, '{id}')}`).toSorted()).toEqual(
    tried.filter((line) => !line.startsWith('HEAD')).toSorted(),
  );
});

test('the method and path of an operation are among those that its rule is for', () => {
  for (const { policy, method, path } of catalog.operations) {
    const rule = defaultRules.find(({ name }) => name === policy);
    expect(rule?.operations, String(policy)).toContainEqual(expect.objectContaining({ method, path }));
  }
});

test.each(['/v3/regions', '/v3/services', '/v3/endpoints'])('%s says what it allows', async (path) => {
  const answer = await api.as('project-admin').send('DELETE', path);
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
});

test('a body that does not fit is told so before anybody is asked who he is', async () => {
  await api.as(null).post('/v3/regions', {}, 400);
  await api.as(null).patch('/v3/services/none', { service: {} }, 400);
  await api.as('project-none').post('/v3/endpoints', { endpoint: {} }, 400);
});

test('no body at all is as bad as an empty one, to those who may send one', async () => {
  for (const [path, name] of [
    ['/v3/services', 'service'],
    ['/v3/endpoints', 'endpoint'],
  ]) {
    const { body, status } = await api.as('project-admin').send('POST', path ?? '');
    expect([status, body.error.message]).toEqual([400, `'${name}' is a required property`]);
    expect((await api.as(null).send('POST', path ?? '')).status).toBe(401);
  }
});
