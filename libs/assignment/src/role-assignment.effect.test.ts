import type { Database } from '@keystone/database';
import { testDatabase, testKinds } from '@keystone/database/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effects, type Effect } from './effective.model.fixture.ts';
import { grantOf, withImplied, type Grant } from './role-assignment.effect.ts';
import { grantStore, type GrantQuery } from './role-assignment.store.ts';
import { roleStore } from './role.store.ts';
import { assignmentTables } from './tables.ts';
import { GROUPS, settle, USERS, worlds, type World } from './world.fixture.ts';

const line = (parts: unknown) => JSON.stringify(parts);

const toldOf = ({ actor, group, on, from, role, prior }: Effect) =>
  line([group, actor, on, role, from ?? null, prior ?? null]);

function toldGrant({ user, group, target, role, via: { role: prior, project, domain } }: Grant): string {
  const from = project !== undefined ? { project } : domain !== undefined ? { domain } : null;
  return line([group !== undefined, user ?? group, target, role, from, prior ?? null]);
}

/** The projects asked for, if any are. */
function within({ project_id, subtree }: GrantQuery, world: World): Set<string> {
  const found = new Set([project_id ?? '']);
  if (subtree) for (const { id, parent } of world.projects) if (found.has(parent)) found.add(id);
  return found;
}

function expected(asked: GrantQuery, world: World): string[] {
  const projects = within(asked, world);
  const wanted = ({ actor, group, on, from }: Effect) =>
    (asked.user_id === undefined || (group ? asked.group_ids?.includes(actor) : actor === asked.user_id)) &&
    (asked.project_id === undefined || ('project' in on && projects.has(on.project))) &&
    (asked.domain_id === undefined || ('domain' in on && on.domain === asked.domain_id)) &&
    (asked.inherited === undefined || asked.inherited === (from !== undefined));
  return effects(world).filter(wanted).map(toldOf).sort();
}

const targets = fc.oneof(
  fc.constant({}),
  fc.record({ domain_id: fc.constantFrom('d0', 'd1') }),
  fc.record({ project_id: fc.constantFrom('p0', 'p1', 'p2', 'p4', 'd0', 'none'), subtree: fc.boolean() }),
);
const actors = fc.oneof(
  fc.constant({}),
  fc.record({ user_id: fc.constantFrom(...USERS), group_ids: fc.subarray(GROUPS) }),
);
const questions: fc.Arbitrary<GrantQuery> = fc
  .tuple(targets, actors, fc.constantFrom({}, { inherited: true }, { inherited: false }))
  .map(([target, actor, inheritance]) => ({ ...target, ...actor, ...inheritance }));

describe.each(testKinds)('on %s', (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await testDatabase(kind, [...assignmentTables]);
  });
  afterAll(() => database.close());

  test('the effective list is what a plain reading of the grants gives, each line once', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.array(questions, { minLength: 3, maxLength: 6 }), async (world, asked) => {
        await settle(database, world);
        const roles = new Map((await roleStore(database).all()).map((role) => [role.id, role]));
        const expand = withImplied(roles, await roleStore(database).inferences());
        for (const question of asked) {
          const rows = await grantStore(database).effective(question);
          const listed = rows.map(grantOf).flatMap(expand).map(toldGrant).sort();
          expect({ question, listed }).toEqual({ question, listed: expected(question, world) });
        }
      }),
      { numRuns: kind === 'sqlite' ? 80 : 30 },
    );
  }, 120_000);
});
