import { answer, type Bus } from '@keystone/bus';
import { groupsOf, membersOf, namesOf } from '@keystone/contracts';
import type { Database } from '@keystone/database';
import { testApi, type TestApi, type TestApiOptions } from '@keystone/testing';
import { bootstrapAssignment } from './bootstrap.store.ts';
import { assignment } from './index.ts';
import { ROOT_DOMAIN } from './project.store.ts';
import { GLOBAL } from './role.store.ts';
import { query, sql } from './sql.ts';

export interface Actor {
  id: string;
  name: string;
  domain_id: string;
}

/** Users and groups as identity would know them. */
export interface Directory {
  users: Actor[];
  groups: Actor[];
  members: { group_id: string; user_id: string }[];
}

/** What identity answers. */
export const answering =
  ({ users, groups, members }: Directory) =>
  (bus: Bus): void => {
    answer(bus, namesOf, async ({ user_ids, group_ids }) => ({
      users: users.filter(({ id }) => user_ids.includes(id)),
      groups: groups.filter(({ id }) => group_ids.includes(id)),
    }));
    answer(bus, membersOf, async ({ group_ids }) => members.filter(({ group_id }) => group_ids.includes(group_id)));
    answer(bus, groupsOf, async ({ user_id }) =>
      members.filter((member) => member.user_id === user_id).map(({ group_id }) => group_id),
    );
  };

/** The subsystem over HTTP, bootstrapped with readable ids: `role-admin`, `project-admin`, `default`. */
export async function assignmentApi(directory: Directory, options: TestApiOptions = {}): Promise<TestApi> {
  const api = await testApi([assignment], { ...options, answers: answering(directory) });
  const ids = ['project-admin', ...['reader', 'member', 'manager', 'admin', 'service'].map((name) => `role-${name}`)];
  const newId = () => ids.shift() ?? 'one id too many';
  await bootstrapAssignment(api.database, { projectName: 'admin', roleName: 'admin', newId });
  return api;
}

interface Draft {
  domain?: string;
  parent?: string;
  description?: string | null;
  enabled?: boolean;
  extra?: Record<string, unknown>;
  tags?: string[];
}

/** A project, or without `domain` a domain, named after its id in capitals. */
export async function addProject(database: Database, id: string, draft: Draft = {}): Promise<void> {
  const { domain, parent = domain ?? null, description = '', enabled = true, extra = {}, tags = [] } = draft;
  await query(
    database,
    sql`INSERT INTO project (id, name, extra, description, enabled, domain_id, parent_id, is_domain)
    VALUES (${id}, ${id.toUpperCase()}, ${JSON.stringify(extra)}, ${description}, ${enabled ? 1 : 0},
      ${domain ?? ROOT_DOMAIN}, ${parent}, ${domain ? 0 : 1})`,
  );
  for (const tag of tags) await query(database, sql`INSERT INTO project_tag (project_id, name) VALUES (${id}, ${tag})`);
}

/** A role of a domain, or of none, named after its id in capitals. */
export const addRole = (database: Database, id: string, domain = GLOBAL): Promise<unknown> =>
  query(
    database,
    sql`INSERT INTO role (id, name, extra, domain_id, description)
    VALUES (${id}, ${id.toUpperCase()}, '{"colour": "blue"}', ${domain}, 'made for a test')`,
  );

export const imply = (database: Database, prior: string, implied: string): Promise<unknown> =>
  query(database, sql`INSERT INTO implied_role (prior_role_id, implied_role_id) VALUES (${prior}, ${implied})`);

type GrantType = 'UserProject' | 'GroupProject' | 'UserDomain' | 'GroupDomain' | 'UserSystem' | 'GroupSystem';

/** `grant(database, 'UserProject', 'ann', 'web', 'role-member')` */
export const grant = (
  database: Database,
  ...made: [type: GrantType, actor: string, target: string, role: string, inherited?: boolean]
) => {
  const [type, actor, target, role, inherited = false] = made;
  const table = type.endsWith('System') ? sql`system_assignment` : sql`assignment`;
  return query(
    database,
    sql`INSERT INTO ${table} (type, actor_id, target_id, role_id, inherited)
    VALUES (${type}, ${actor}, ${target}, ${role}, ${inherited ? 1 : 0})`,
  );
};
