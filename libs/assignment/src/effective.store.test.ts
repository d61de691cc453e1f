import type { Scope } from '@keystone/contracts';
import type { Database } from '@keystone/database';
import { testDatabase, testKinds } from '@keystone/database/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effects, implications, type Effect } from './effective.model.fixture.ts';
import { effectiveStore, type EffectiveStore } from './effective.store.ts';
import { assignmentTables } from './tables.ts';
import { resolver } from './resolve.store.ts';
import { GROUPS, settle, USERS, worlds, type World } from './world.fixture.ts';

const actors = fc.record({
  user_id: fc.constantFrom(...USERS, 'nobody'),
  group_ids: fc.option(fc.subarray(GROUPS), { freq: 3 }),
});

const scopes = (world: World): Scope[] => [
  { system: 'all' },
  ...world.domains.map((domain_id) => ({ domain_id })),
  ...[...world.domains, ...world.projects.map(({ id }) => id)].map((project_id) => ({ project_id })),
];

type Actors = { user_id: string; group_ids: string[] | null };

const isOf =
  ({ user_id, group_ids }: Actors) =>
  ({ actor, group }: { actor: string; group: boolean }) =>
    group ? (group_ids?.includes(actor) ?? true) : actor === user_id;

/** `holder: roles`, so that answers compare whatever their order. */
function expected(world: World, who: Actors, scope: Scope): Record<string, string[]> {
  const here = (on: Effect['on']) =>
    ('project_id' in scope && 'project' in on && on.project === scope.project_id) ||
    ('domain_id' in scope && 'domain' in on && on.domain === scope.domain_id);
  const system = world.system.flatMap((made) =>
    implications(made.role, world)
      .filter(({ role }) => world.roles.some(({ id, domain }) => id === role && domain === null))
      .map(({ role }) => ({ ...made, role })),
  );
  const held = 'system' in scope ? system : effects(world).filter(({ on }) => here(on));
  const groups = Map.groupBy(held.filter(isOf(who)), ({ actor, group }) => (group ? actor : 'the user'));
  return Object.fromEntries(
    [...groups].map(([holder, of]) => [holder, [...new Set(of.map(({ role }) => role))].sort()]),
  );
}

const shown = (grants: Awaited<ReturnType<EffectiveStore['rolesOn']>>['grants']) =>
  Object.fromEntries(grants.map(({ group_id, roles }) => [group_id ?? 'the user', roles.map(({ id }) => id).sort()]));

describe.each(testKinds)('on %s', (kind) => {
  let database: Database;
  let store: EffectiveStore;
  const statements: string[] = [];

  beforeAll(async () => {
    const observe = <T>(text: string, run: () => Promise<T>) => (statements.push(text), run());
    database = await testDatabase(kind, [...assignmentTables], { observe });
    store = effectiveStore(database, resolver(database));
  });
  afterAll(() => database.close());

  test('roles in every scope are those that a plain reading of the grants gives', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, actors, async (world, who) => {
        await settle(database, world);
        for (const scope of scopes(world)) {
          const { grants } = await store.rolesOn({ ...who, scope });
          expect({ scope, grants: shown(grants) }).toEqual({ scope, grants: expected(world, who, scope) });
        }
      }),
      { numRuns: kind === 'sqlite' ? 60 : 25 },
    );
  }, 120_000);

  test('the projects and domains of a user are those where he holds a role', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, actors, async (world, { user_id, group_ids }) => {
        await settle(database, world);
        const who = { user_id, group_ids: group_ids ?? [] };
        const held = effects(world).filter(isOf(who));
        const projects = held.flatMap(({ on }) => ('project' in on ? on.project : []));
        const domains = held.flatMap(({ on }) => ('domain' in on ? on.domain : []));
        expect((await store.projectsOf(who)).map(({ id }) => id)).toEqual([...new Set(projects)].sort());
        expect((await store.domainsOf(who)).map(({ id }) => id)).toEqual([...new Set(domains)].sort());
        expect(await store.systemOf(who)).toBe(world.system.some(isOf(who)));
      }),
      { numRuns: kind === 'sqlite' ? 60 : 25 },
    );
  }, 120_000);

  test('no question takes more than two statements', async () => {
    const who = { user_id: 'u0', group_ids: GROUPS };
    const some: Scope[] = [{ system: 'all' }, { domain_id: 'd0' }, { project_id: 'p0' }];
    const questions = [
      ...some.map((scope) => () => store.rolesOn({ ...who, scope })),
      () => store.projectsOf(who),
      () => store.domainsOf(who),
      () => store.systemOf(who),
    ];
    for (const question of questions) {
      statements.length = 0;
      await question();
      expect(statements.length).toBeLessThanOrEqual(2);
      // Only what begins so is asked on a connection for reading, and again where one broke.
      for (const text of statements) expect(text).toMatch(/^\s*SELECT/);
    }
  });
});
