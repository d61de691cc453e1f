import { ask } from '@keystone/bus';
import { rolesOn } from '@keystone/contracts';
import type { TestApi } from '@keystone/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addRole, imply } from './assignment.fixture.ts';
import { grantedApi } from './role-assignment.fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await grantedApi();
  await addRole(api.database, 'loop');
  await imply(api.database, 'loop', 'auditor');
  await imply(api.database, 'auditor', 'loop');
});
afterAll(() => api.close());

const nobody = { user_id: 'nobody', group_ids: [], scope: null };

test('domains are told of besides, those that there are', async () => {
  const { domains, project, domain } = await ask(api.bus, rolesOn, {
    ...nobody,
    scope: { domain_id: 'north' },
    domain_ids: ['default', 'nowhere', 'web', 'north'],
  });
  expect(domains?.map(({ id }) => id)).toEqual(['default', 'north']);
  expect([project, domain?.id]).toEqual([null, 'north']);
  expect((await ask(api.bus, rolesOn, { ...nobody, domain_ids: ['north'] })).domains).toHaveLength(1);
  expect(await ask(api.bus, rolesOn, nobody)).toEqual({ project: null, domain: null, grants: [] });
});

test('what roles imply is told, those of a domain too, and of one that is gone nothing', async () => {
  const implied = async (role_ids: string[]) =>
    (await ask(api.bus, rolesOn, { ...nobody, role_ids })).implied_role_ids?.toSorted();
  expect(await implied(['guard', 'gone'])).toEqual(['auditor', 'guard', 'loop']);
  expect(await implied(['role-member'])).toEqual(['role-member', 'role-reader']);
  expect(await implied([])).toEqual([]);
});

test('of a federated token grants on the system count in any scope, and roles come whole', async () => {
  const answer = await ask(api.bus, rolesOn, {
    user_id: 'bob',
    group_ids: null,
    scope: { project_id: 'web' },
    federated_group_ids: ['crew', 'elsewhere'],
  });
  expect(answer.system_roles?.map(({ id }) => id).sort()).toEqual(['role-admin', 'role-reader']);
  // Granted on the projects below alone, so not here.
  expect(answer.grants).toEqual([]);
  const below = await ask(api.bus, rolesOn, {
    user_id: 'ann',
    group_ids: null,
    scope: { project_id: 'web-1' },
    federated_group_ids: [],
  });
  expect(below.system_roles).toEqual([]);
  const { roles } = below.grants.find(({ group_id }) => group_id === 'crew') ?? { roles: [] };
  expect(roles[0]).toMatchObject({ id: 'auditor', name: 'AUDITOR', domain_id: null, options: {}, colour: 'blue' });
});
