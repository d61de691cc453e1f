import type { TestApi } from '@keystone/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EFFECTIVE, grantedApi, listed, type Listed } from './role-assignment.fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await grantedApi();
});
afterAll(() => api.close());

const list = (query: string, as?: string) => listed(api, query, as);

const SYSTEM = ['bob role-admin system', 'crew role-reader system'];

test('as they were made', async () => {
  expect(await list('')).toEqual(
    [
      '+ann guard north',
      '+crew auditor web',
      'ann role-member web',
      'crew role-reader north',
      'gone role-reader project-admin',
      ...SYSTEM,
    ].sort(),
  );
  expect(await list('?user.id=ann')).toEqual(['+ann guard north', 'ann role-member web']);
  expect(await list('?group.id=crew')).toEqual([
    '+crew auditor web',
    'crew role-reader north',
    'crew role-reader system',
  ]);
  expect(await list('?role.id=role-reader')).toEqual([
    'crew role-reader north',
    'crew role-reader system',
    'gone role-reader project-admin',
  ]);
  expect(await list('?scope.project.id=web')).toEqual(['+crew auditor web', 'ann role-member web']);
  expect(await list('?scope.domain.id=north&user.id=ann')).toEqual(['+ann guard north']);
  expect(await list('?scope.project.id=north')).toEqual([]);
  expect(await list('?user.id=nobody')).toEqual([]);
});

test('on the system, which other filters do not hide and the effective list does not show', async () => {
  expect(await list('?scope.system=all')).toEqual(SYSTEM);
  expect(await list('?scope.system=all&user.id=bob')).toEqual(SYSTEM.slice(0, 1));
  expect(await list('?scope.system=some')).toHaveLength(7);
  expect(await list('?scope.OS-INHERIT:inherited_to=projects')).toEqual([
    '+ann guard north',
    '+crew auditor web',
    ...SYSTEM,
  ]);
  expect(await list('?effective&scope.system=all')).toEqual(await list('?effective'));
});

test('as they take effect: members for groups, projects below, roles implied, those of a domain left out', async () => {
  expect(await list('?effective')).toEqual(EFFECTIVE);
  expect(await list('?effective&user.id=ann')).toEqual(EFFECTIVE.filter((line) => /^\+?ann/.test(line)));
  expect(await list('?effective&user.id=bob&scope.project.id=web-1')).toEqual(['+bob auditor web-1']);
  expect(await list('?effective&scope.project.id=web-1')).toEqual(EFFECTIVE.filter((line) => line.endsWith('web-1')));
  expect(await list('?effective&scope.domain.id=north')).toEqual(EFFECTIVE.filter((line) => line.endsWith('north')));
  expect(await list('?effective&role.id=auditor')).toEqual(EFFECTIVE.filter((line) => line.includes('auditor')));
  expect(await list('?effective&role.id=guard')).toEqual([]);
  expect(await list('?effective&scope.OS-INHERIT:inherited_to=projects')).toEqual(
    EFFECTIVE.filter((line) => line.startsWith('+')),
  );
  expect(await list('?effective&scope.OS-INHERIT:inherited_to=no')).toEqual(
    EFFECTIVE.filter((line) => !line.startsWith('+')),
  );
  expect(await list('?effective=0')).toEqual(await list(''));
});

test('with the projects below', async () => {
  const below = EFFECTIVE.filter((line) => /web/.test(line));
  expect(await list('?include_subtree&effective&scope.project.id=web')).toEqual(below);
  expect(await list('?include_subtree&scope.project.id=web')).toEqual(['+crew auditor web', 'ann role-member web']);
});

test('how each came about is in its links', async () => {
  const { body } = await api.as('system-reader').get('/v3/role_assignments?effective&scope.project.id=web-1', 200);
  const links = body.role_assignments.map((each: { links: object }) => each.links);
  const membership = (user: string) => `${api.url}/v3/groups/crew/users/${user}`;
  const fromGroup = `${api.url}/v3/OS-INHERIT/projects/web/groups/crew/roles/auditor/inherited_to_projects`;
  expect(links).toHaveLength(3);
  expect(links).toContainEqual({ assignment: fromGroup, membership: membership('ann') });
  expect(links).toContainEqual({ assignment: fromGroup, membership: membership('bob') });
  expect(links).toContainEqual({
    assignment: `${api.url}/v3/OS-INHERIT/domains/north/users/ann/roles/guard/inherited_to_projects`,
    prior_role: `${api.url}/v3/prior_role/auditor/implies/guard`,
  });
  const direct = await api.as('system-reader').get('/v3/role_assignments?scope.system=all&user.id=bob', 200);
  expect(direct.body.role_assignments).toEqual([
    {
      user: { id: 'bob' },
      role: { id: 'role-admin' },
      scope: { system: { all: true } },
      links: { assignment: `${api.url}/v3/system/users/bob/roles/role-admin` },
    },
  ]);
  expect(direct.body.links).toEqual({
    self: `${api.url}/v3/role_assignments?scope.system=all&user.id=bob`,
    next: null,
    previous: null,
  });
});

test('with names; of who is gone they are empty', async () => {
  const { body } = await api.as('system-reader').get('/v3/role_assignments?include_names', 200);
  const shown = body.role_assignments.map(({ user, group, role, scope }: Listed) => ({ user, group, role, scope }));
  const north = { id: 'north', name: 'NORTH' };
  expect(shown).toContainEqual({
    user: { id: 'ann', name: 'Ann', domain: north },
    role: { id: 'guard', name: 'GUARD', domain: north },
    scope: { domain: north, 'OS-INHERIT:inherited_to': 'projects' },
  });
  expect(shown).toContainEqual({
    group: { id: 'crew', name: 'Crew', domain: north },
    role: { id: 'auditor', name: 'AUDITOR' },
    scope: { project: { id: 'web', name: 'WEB', domain: north }, 'OS-INHERIT:inherited_to': 'projects' },
  });
  expect(shown).toContainEqual({
    user: { id: 'gone', name: '', domain: { id: '', name: '' } },
    role: { id: 'role-reader', name: 'reader' },
    scope: { project: { id: 'project-admin', name: 'admin', domain: { id: 'default', name: 'Default' } } },
  });
});
