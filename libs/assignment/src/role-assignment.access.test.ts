import { whoMay, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EFFECTIVE, grantedApi, listed } from './role-assignment.fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await grantedApi();
});
afterAll(() => api.close());

const list = (query: string, as?: string) => listed(api, query, as);

test('who may list them, and that a domain’s people see what lies in their domain', async () => {
  const readers = ['system-admin', 'system-manager', 'system-member', 'system-reader', 'domain-admin', 'project-admin'];
  const everybody = [...readers, 'domain-manager', 'domain-member', 'domain-reader'].toSorted();
  expect((await whoMay(api, 'GET', '/v3/role_assignments')).toSorted()).toEqual(everybody);
  expect((await whoMay(api, 'GET', '/v3/role_assignments?include_subtree&scope.project.id=web')).toSorted()).toEqual(
    readers.toSorted(),
  );
  expect(await list('', 'north-reader')).toEqual([
    '+ann guard north',
    '+crew auditor web',
    'ann role-member web',
    'crew role-reader north',
  ]);
  expect(await list('?effective', 'north-admin')).toEqual(EFFECTIVE.filter((line) => !line.startsWith('gone')));
  expect(await list('?include_subtree&scope.project.id=web', 'north-reader')).toHaveLength(2);
  await api.as('north-reader').get('/v3/role_assignments?include_subtree&scope.project.id=project-admin', 403);
});

test('filters that contradict each other are refused, and what is not there is not found', async () => {
  const says = async (query: string, status: number) =>
    (await api.as('system-admin').get(`/v3/role_assignments${query}`, status)).body.error.message;
  expect(await says('?scope.domain.id=a&scope.project.id=b', 400)).toBe('Specify a domain or project, not both');
  expect(await says('?scope.domain.id=a&scope.system=all', 400)).toBe('Specify system or domain, not both');
  expect(await says('?scope.project.id=a&scope.system=all', 400)).toBe('Specify system or project, not both');
  expect(await says('?effective&group.id=a', 400)).toBe(
    'Combining effective and group filter will always result in an empty list.',
  );
  expect(await says('?effective&scope.domain.id=a&scope.OS-INHERIT:inherited_to=projects', 400)).toBe(
    'Combining effective, domain and inherited filters will always result in an empty list.',
  );
  await says('?user.id=a&group.id=b', 400);
  expect(await says('?include_subtree', 400)).toBe("'scope.project.id' is a dependency of 'include_subtree'");
  await says('?scope.project.id=a%27', 400);
  expect(await says('?effective&user.id=nobody', 404)).toBe('Could not find user: nobody.');
  expect(await says('?effective&scope.project.id=nope', 404)).toBe('Could not find project: nope.');
  expect(await says('?include_subtree&scope.project.id=nope', 404)).toBe('Could not find project: nope.');
  expect(await list('?effective&scope.project.id=nope&scope.OS-INHERIT:inherited_to=no')).toEqual([]);
});

test('what looks like SQL is only a value', async () => {
  for (const text of [`' OR '1'='1`, `\\' OR 1=1 -- `, '"; DROP TABLE assignment; --']) {
    expect(await list(`?user.id=${encodeURIComponent(text)}`)).toEqual([]);
    await api.as('system-admin').get(`/v3/role_assignments?effective&user.id=${encodeURIComponent(text)}`, 404);
    await api.as('system-admin').get(`/v3/role_assignments?role.id=${encodeURIComponent(text)}`, 400);
  }
  expect(await list('')).toHaveLength(7);
});
