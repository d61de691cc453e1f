import { ask } from '@keystone/bus';
import { domainsOf, projectsOf, resolve, rolesOn, systemOf } from '@keystone/contracts';
import type { TestApi } from '@keystone/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addProject } from './assignment.fixture.ts';
import { grantedApi } from './role-assignment.fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await grantedApi();
  await addProject(api.database, 'off', { domain: 'north', enabled: false });
});
afterAll(() => api.close());

const north = { id: 'north', name: 'NORTH', enabled: true };
const reader = { id: 'role-reader', name: 'reader' };
const auditor = { id: 'auditor', name: 'AUDITOR' };

test('what somebody may do on a project, his groups’ grants apart', async () => {
  const scope = { project_id: 'web-1' };
  const { project, domain, grants } = await ask(api.bus, rolesOn, { user_id: 'ann', group_ids: null, scope });
  expect(project).toEqual({ id: 'web-1', name: 'WEB-1', enabled: true, is_domain: false, domain: north });
  expect(domain).toBeNull();
  expect(grants).toHaveLength(2);
  expect(grants).toContainEqual({ group_id: null, roles: [auditor] });
  expect(grants).toContainEqual({ group_id: 'crew', roles: [auditor] });
  const alone = await ask(api.bus, rolesOn, { user_id: 'ann', group_ids: [], scope });
  expect(alone.grants).toEqual([{ group_id: null, roles: [auditor] }]);
});

test('what somebody may do on a domain does not come from what its projects inherit', async () => {
  const answer = await ask(api.bus, rolesOn, { user_id: 'ann', group_ids: ['crew'], scope: { domain_id: 'north' } });
  expect(answer).toEqual({ project: null, domain: north, grants: [{ group_id: 'crew', roles: [reader] }] });
});

test('what somebody may do on the system', async () => {
  const scope = { system: 'all' as const };
  const { project, domain, grants } = await ask(api.bus, rolesOn, { user_id: 'bob', group_ids: [], scope });
  expect([project, domain]).toEqual([null, null]);
  expect(grants.flatMap(({ roles }) => roles.map(({ name }) => name)).sort()).toEqual([
    'admin',
    'manager',
    'member',
    'reader',
  ]);
  expect(await ask(api.bus, systemOf, { user_id: 'ann', group_ids: [] })).toBe(false);
  expect(await ask(api.bus, systemOf, { user_id: 'ann', group_ids: ['crew'] })).toBe(true);
});

test('a scope that is not there has no project, no domain and no roles', async () => {
  for (const scope of [
    { project_id: 'nowhere' },
    { domain_id: 'nowhere' },
    { domain_id: 'web' },
    { domain_id: 'NORTH' },
  ]) {
    const answer = await ask(api.bus, rolesOn, { user_id: 'ann', group_ids: null, scope });
    expect(answer).toEqual({ project: null, domain: null, grants: [] });
  }
});

test('where somebody may go is listed whole, as Python lists it: disabled projects too', async () => {
  const projects = await ask(api.bus, projectsOf, { user_id: 'ann', group_ids: [] });
  expect(projects.map(({ id }) => id)).toEqual(['off', 'web', 'web-1']);
  expect(projects[0]).toEqual({
    id: 'off',
    name: 'OFF',
    description: '',
    enabled: false,
    domain_id: 'north',
    parent_id: 'north',
    is_domain: false,
    tags: [],
    options: {},
  });
  expect(await ask(api.bus, domainsOf, { user_id: 'ann', group_ids: [] })).toEqual([]);
  expect(await ask(api.bus, domainsOf, { user_id: 'ann', group_ids: ['crew'] })).toEqual([
    { id: 'north', name: 'NORTH', description: '', enabled: true, tags: [], options: {} },
  ]);
});

test('what a request names', async () => {
  const asked = { domains: [{ name: 'NORTH' }], projects: [{ name: 'WEB', domain: { name: 'NORTH' } }, { id: 'off' }] };
  const { domains, projects } = await ask(api.bus, resolve, asked);
  expect(domains).toEqual([north]);
  expect(projects).toMatchObject([
    { id: 'web', domain: north },
    { id: 'off', enabled: false },
  ]);
});
