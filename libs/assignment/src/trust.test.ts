import { ask } from '@keystone/bus';
import { trustOn } from '@keystone/contracts';
import type { Database } from '@keystone/database';
import { testKinds } from '@keystone/database/testing';
import { testApi, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addProject, addRole, grant, imply } from './assignment.fixture.ts';
import { assignment } from './index.ts';
import { query, sql } from './sql.ts';

interface Draft {
  trustor?: string;
  trustee?: string;
  roles?: string[];
  from?: string;
  count?: number | null;
  uses?: number | null;
  impersonation?: boolean;
  /** Microseconds since the epoch. */
  end?: number | null;
}

async function addTrust(database: Database, id: string, draft: Draft = {}): Promise<void> {
  const { trustor = 'ann', trustee = 'bob', roles = ['member'], from = null, count = 0, uses = null } = draft;
  const { impersonation = false, end = null } = draft;
  await query(
    database,
    sql`INSERT INTO trust (id, trustor_user_id, trustee_user_id, project_id, impersonation, remaining_uses,
      redelegated_trust_id, redelegation_count, expires_at_int)
    VALUES (${id}, ${trustor}, ${trustee}, 'web-1', ${Number(impersonation)}, ${uses}, ${from}, ${count}, ${end})`,
  );
  for (const role of roles) {
    await query(database, sql`INSERT INTO trust_role (trust_id, role_id) VALUES (${id}, ${role})`);
  }
}

describe.each(testKinds)('what a trust comes to, on %s', (kind) => {
  let api: TestApi;
  let statements = 0;

  const look = (trust_id: string, domain_ids: string[] = []) =>
    ask(api.bus, trustOn, { trust_id, project_id: 'web-1', domain_ids });

  beforeAll(async () => {
    api = await testApi([assignment], { kind });
    const { database } = api;
    await addProject(database, 'north');
    await addProject(database, 'south', { enabled: false });
    await addProject(database, 'web', { domain: 'north' });
    await addProject(database, 'web-1', { domain: 'north', parent: 'web' });
    for (const role of ['member', 'reader', 'other']) await addRole(database, role, '<<null>>');
    await addRole(database, 'guard', 'north');
    await imply(database, 'member', 'reader');
    await grant(database, 'UserProject', 'ann', 'web', 'member', true);
    await grant(database, 'GroupDomain', 'crew', 'north', 'guard', true);
    await grant(database, 'UserProject', 'ann', 'web', 'other');
    await grant(database, 'UserProject', 'eve', 'web-1', 'member');
    const manager = database.manager;
    const plain = manager.query.bind(manager);
    manager.query = ((...args: Parameters<typeof plain>) => (statements++, plain(...args))) as typeof plain;
  });
  beforeEach(async () => {
    for (const table of ['trust', 'trust_role']) await api.database.manager.query(`DELETE FROM ${table}`);
    statements = 0;
  });
  afterAll(() => api.close());

  const sorted = ({ grants }: { grants: { user_id: string | null; group_id: string | null; role_id: string }[] }) =>
    grants.map(({ user_id, group_id, role_id }) => `${user_id ?? group_id} ${role_id}`).sort();

  test('its roles and all that they imply come whole, with who holds them on the project', async () => {
    await addTrust(api.database, 't', { roles: ['member', 'guard'] });
    statements = 0;
    const answer = await look('t', ['south', 'nowhere']);
    expect(statements).toBe(2);
    expect(answer.project).toMatchObject({ id: 'web-1', domain: { id: 'north', enabled: true } });
    expect(answer.domains).toEqual([{ id: 'south', name: 'SOUTH', enabled: false }]);
    expect(answer.trust).toEqual({
      trustor_user_id: 'ann',
      trustee_user_id: 'bob',
      impersonation: false,
      expires_at: null,
      original_trustor_user_id: 'ann',
      agent_user_ids: [],
      sound: true,
      role_ids: expect.arrayContaining(['member', 'reader', 'guard']),
    });
    const whole = (id: string, domain_id: string | null) => ({
      id,
      name: id.toUpperCase(),
      domain_id,
      description: 'made for a test',
      options: {},
      colour: 'blue',
    });
    expect(answer.roles.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      whole('guard', 'north'),
      whole('member', null),
      whole('reader', null),
    ]);
    // Neither what is not handed on nor what others hold.
    expect(sorted(answer)).toEqual(['ann member', 'ann reader', 'crew guard']);
  });

  test('one that is deleted, used up or unknown is none', async () => {
    await addTrust(api.database, 'deleted');
    await query(api.database, sql`UPDATE trust SET deleted_at = '2026-01-01 00:00:00' WHERE id = 'deleted'`);
    await addTrust(api.database, 'used', { uses: 0, trustee: 'b' });
    await addTrust(api.database, 'left', { uses: 1, trustee: 'c' });
    await addTrust(api.database, 'handed on', { from: 'deleted', trustee: 'd' });
    const found = await Promise.all(['deleted', 'used', 'left', 'handed on', 'nowhere'].map((id) => look(id)));
    expect(found.map(({ trust }) => trust !== null)).toEqual([false, false, true, false, false]);
  });

  test('it ends with the first of those that it was handed on through', async () => {
    await addTrust(api.database, 'first', { count: 3, end: 1_700_000_000_500_000 });
    await addTrust(api.database, 'second', { from: 'first', count: 2, trustor: 'bob', trustee: 'eve' });
    await addTrust(api.database, 'third', { from: 'second', count: 1, trustor: 'eve', trustee: 'fred' });
    statements = 0;
    const { trust, grants } = await look('third');
    expect(statements).toBe(2);
    expect(trust).toMatchObject({
      trustor_user_id: 'eve',
      original_trustor_user_id: 'ann',
      expires_at: 1_700_000_000.5,
      agent_user_ids: ['eve', 'bob'],
      sound: true,
    });
    expect(sorted({ grants })).toEqual(['ann member', 'ann reader', 'eve member', 'eve reader']);
    await query(api.database, sql`UPDATE trust SET expires_at_int = NULL, expires_at = '2023-11-14 22:13:20'`);
    expect((await look('third')).trust?.expires_at).toBe(1_700_000_000);
  });

  test.each([
    ['as often as it may', {}, {}, true],
    ['once too often', { count: 0 }, {}, false],
    ['by one without a count', { count: null }, {}, false],
    ['by one that may be handed on more often than allowed', { count: 4 }, {}, false],
    ['with a number of uses', {}, { uses: 2 }, false],
    ['to act in the place of somebody who is not acted for', {}, { impersonation: true }, false],
    ['to act in the place of somebody', { impersonation: true }, { impersonation: true }, true],
    ['for longer than it has', { end: 5 }, { end: 6 }, false],
    ['for an end though it has none', {}, { end: 6 }, false],
    ['for as long as it has', { end: 5 }, { end: 5 }, true],
    ['with a role of its own', {}, { roles: ['member', 'other'] }, false],
    ['with what a role of it implies', {}, { roles: ['reader'] }, false],
  ] as [string, Draft, Draft, boolean][])('a trust handed on %s', async (_, parent, child, sound) => {
    await addTrust(api.database, 'first', { count: 3, ...parent });
    await addTrust(api.database, 'second', { from: 'first', trustor: 'bob', trustee: 'eve', ...child });
    expect((await look('second')).trust?.sound).toBe(sound);
  });

  test('a role that is gone is told by its id alone, and a circle of trusts ends', async () => {
    await addTrust(api.database, 'a', { roles: ['gone'], from: 'b', trustee: 'x' });
    await addTrust(api.database, 'b', { from: 'a', trustee: 'y' });
    const { trust, roles } = await look('a');
    expect([trust, roles]).toEqual([null, []]);
    await query(api.database, sql`UPDATE trust SET redelegated_trust_id = NULL WHERE id = 'a'`);
    expect((await look('a')).trust?.role_ids).toEqual(['gone']);
  });
});
