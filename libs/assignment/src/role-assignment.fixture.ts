import { callerAs, type TestApi } from '@keystone/testing';
import { addProject, addRole, assignmentApi, grant, imply } from './assignment.fixture.ts';

const directory = {
  users: [
    { id: 'ann', name: 'Ann', domain_id: 'north' },
    { id: 'bob', name: 'Bob', domain_id: 'default' },
  ],
  groups: [{ id: 'crew', name: 'Crew', domain_id: 'north' }],
  members: [
    { group_id: 'crew', user_id: 'ann' },
    { group_id: 'crew', user_id: 'bob' },
  ],
};

/** A domain with two projects, grants of every kind in it, and some elsewhere. */
export async function grantedApi(): Promise<TestApi> {
  const callers = {
    'north-admin': callerAs('domain-admin', { domainId: 'north' }),
    'north-reader': callerAs('domain-reader', { domainId: 'north' }),
  };
  const api = await assignmentApi(directory, { callers });
  const { database } = api;
  await addProject(database, 'north');
  await addProject(database, 'web', { domain: 'north' });
  await addProject(database, 'web-1', { domain: 'north', parent: 'web' });
  await addRole(database, 'guard', 'north');
  await addRole(database, 'auditor');
  await imply(database, 'guard', 'auditor');
  await grant(database, 'UserProject', 'ann', 'web', 'role-member');
  await grant(database, 'GroupProject', 'crew', 'web', 'auditor', true);
  await grant(database, 'UserDomain', 'ann', 'north', 'guard', true);
  await grant(database, 'GroupDomain', 'crew', 'north', 'role-reader');
  await grant(database, 'UserProject', 'gone', 'project-admin', 'role-reader');
  await grant(database, 'UserSystem', 'bob', 'system', 'role-admin');
  await grant(database, 'GroupSystem', 'crew', 'system', 'role-reader');
  return api;
}

export interface Listed {
  user?: { id: string };
  group?: { id: string };
  role: { id: string };
  scope: { project?: { id: string }; domain?: { id: string }; system?: object; 'OS-INHERIT:inherited_to'?: string };
}

/** `ann member web`, with `+` before what is inherited. */
const told = ({ user, group, role, scope }: Listed): string => {
  const where = scope.project?.id ?? scope.domain?.id ?? 'system';
  return `${scope['OS-INHERIT:inherited_to'] ? '+' : ''}${user?.id ?? group?.id} ${role.id} ${where}`;
};

/** The list as a caller sees it, told line by line. */
export async function listed(api: TestApi, query: string, as = 'system-reader'): Promise<string[]> {
  const { body } = await api.as(as).get(`/v3/role_assignments${query}`, 200);
  return body.role_assignments.map(told).sort();
}

/** All that those grants come to. */
export const EFFECTIVE = [
  '+ann auditor web',
  '+ann auditor web-1',
  '+ann auditor web-1',
  '+bob auditor web-1',
  'ann role-member web',
  'ann role-reader north',
  'ann role-reader web',
  'bob role-reader north',
  'gone role-reader project-admin',
];
