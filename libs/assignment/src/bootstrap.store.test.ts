import type { Database } from '@keystone/database';
import { testDatabase, testKinds } from '@keystone/database/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootstrapAssignment, bootstrapGrants } from './bootstrap.store.ts';
import { effectiveStore } from './effective.store.ts';
import { projectStore } from './project.store.ts';
import { resolver } from './resolve.store.ts';
import { roleStore } from './role.store.ts';
import { query, sql } from './sql.ts';
import { assignmentTables } from './tables.ts';

describe.each(testKinds)('on %s', (kind) => {
  let database: Database;
  let count = 0;
  const options = { projectName: 'admin', roleName: 'admin', newId: () => `id${++count}` };

  beforeAll(async () => {
    database = await testDatabase(kind, [...assignmentTables]);
  });
  afterAll(() => database.close());

  const everything = () =>
    Promise.all(
      ['project', 'role', 'role_option', 'implied_role', 'assignment', 'system_assignment'].map((table) =>
        database.manager.query(
          `SELECT * FROM ${table} ORDER BY 1, 2, 3`.replace(table === 'implied_role' ? ', 3' : '  ', ''),
        ),
      ),
    );

  test('the first administrator may do everything on his project and on the system', async () => {
    const { domainId, projectId, roleId } = await bootstrapAssignment(database, options);
    await bootstrapGrants(database, { userId: 'boss', projectId, roleId });

    const { find } = projectStore(database);
    expect(await find(domainId)).toMatchObject({
      id: 'default',
      name: 'Default',
      description: 'The default domain',
      enabled: true,
      is_domain: true,
      domain_id: null,
      parent_id: null,
    });
    expect(await find(projectId)).toMatchObject({
      name: 'admin',
      domain_id: 'default',
      parent_id: 'default',
      enabled: true,
    });

    const { rolesOn } = effectiveStore(database, resolver(database));
    for (const scope of [{ project_id: projectId }, { system: 'all' as const }]) {
      const { grants } = await rolesOn({ user_id: 'boss', group_ids: [], scope });
      const names = grants.flatMap(({ roles }) => roles.map(({ name }) => name)).sort();
      expect(names).toEqual(['admin', 'manager', 'member', 'reader']);
    }
  });

  test('its roles are immutable, and service stands apart', async () => {
    const roles = await roleStore(database).all();
    expect(roles.map(({ name }) => name).sort()).toEqual(['admin', 'manager', 'member', 'reader', 'service']);
    for (const role of roles)
      expect(role).toMatchObject({ domain_id: null, description: null, options: { immutable: true } });
    const rules = await roleStore(database).inferences();
    expect(rules.map(({ prior, implied }) => `${prior.name}>${implied.name}`).sort()).toEqual([
      'admin>manager',
      'manager>member',
      'member>reader',
    ]);
  });

  test('a second time changes nothing, even twice at once', async () => {
    const before = await everything();
    const [once, again] = await Promise.all([
      bootstrapAssignment(database, options),
      bootstrapAssignment(database, options),
    ]);
    expect(once).toEqual(again);
    await bootstrapGrants(database, { userId: 'boss', ...once });
    expect(await everything()).toEqual(before);
  });

  test('what a deployment has made of it is left alone, but for admin implying member as it did until 2023.2', async () => {
    const roles = await roleStore(database).all();
    const idOf = (name: string) => roles.find((role) => role.name === name)?.id ?? '';
    await query(database, sql`UPDATE project SET description = 'ours', enabled = 0 WHERE id = 'default'`);
    await query(database, sql`DELETE FROM role_option WHERE role_id = ${idOf('reader')}`);
    const before = await everything();
    await query(database, sql`INSERT INTO implied_role VALUES (${idOf('admin')}, ${idOf('member')})`);
    await bootstrapAssignment(database, options);
    expect(await everything()).toEqual(before);
  });
});
