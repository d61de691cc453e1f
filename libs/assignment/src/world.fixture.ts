import type { Database } from '@keystone/database';
import fc from 'fast-check';
import { ROOT_DOMAIN } from './project.store.ts';
import { GLOBAL } from './role.store.ts';
import { join, query, sql, type Sql } from './sql.ts';

export interface WorldProject {
  id: string;
  domain: string;
  parent: string;
}

export interface WorldGrant {
  type: 'UserProject' | 'GroupProject' | 'UserDomain' | 'GroupDomain';
  actor: string;
  target: string;
  role: string;
  inherited: boolean;
}

/** All that effective roles depend on, small enough to be thought through. */
export interface World {
  domains: string[];
  projects: WorldProject[];
  roles: { id: string; domain: string | null }[];
  implies: { prior: string; implied: string }[];
  grants: WorldGrant[];
  system: { actor: string; group: boolean; role: string }[];
}

export const USERS = ['u0', 'u1', 'u2'];
export const GROUPS = ['g0', 'g1', 'g2'];

const DOMAINS = ['d0', 'd1'];
const ROLES = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'];

/** Trees by construction: a project's parent is its domain or a project before it in the same domain. */
const projects = fc
  .array(fc.record({ domain: fc.constantFrom(...DOMAINS), parent: fc.nat() }), { maxLength: 9 })
  .map((drafts) =>
    drafts.reduce<WorldProject[]>((made, { domain, parent }, at) => {
      const parents = [domain, ...made.filter((project) => project.domain === domain).map(({ id }) => id)];
      return [...made, { id: `p${at}`, domain, parent: parents[parent % parents.length] ?? domain }];
    }, []),
  );

const grantsAmong = (targets: string[]) => {
  const grant = (type: WorldGrant['type'], actors: string[], on: string[]) =>
    fc.record({
      type: fc.constant(type),
      actor: fc.constantFrom(...actors),
      target: fc.constantFrom(...on),
      role: fc.constantFrom(...ROLES),
      inherited: fc.boolean(),
    });
  const any = fc.oneof(
    grant('UserProject', USERS, targets),
    grant('GroupProject', GROUPS, targets),
    grant('UserDomain', USERS, DOMAINS),
    grant('GroupDomain', GROUPS, DOMAINS),
  );
  return fc.uniqueArray(any, { maxLength: 16, selector: (made) => JSON.stringify(made) });
};

/** Implications of any shape, loops included. */
export const worlds: fc.Arbitrary<World> = projects.chain((made) =>
  fc.record({
    domains: fc.constant(DOMAINS),
    projects: fc.constant(made),
    roles: fc.tuple(
      ...ROLES.map((id) =>
        fc.record({ id: fc.constant(id), domain: fc.option(fc.constantFrom('d0', 'd1'), { freq: 3 }) }),
      ),
    ),
    implies: fc.uniqueArray(fc.record({ prior: fc.constantFrom(...ROLES), implied: fc.constantFrom(...ROLES) }), {
      maxLength: 8,
      selector: ({ prior, implied }) => `${prior}>${implied}`,
    }),
    // A domain is a project too, so it can be granted on as one.
    grants: grantsAmong([...DOMAINS, ...made.map(({ id }) => id)]),
    system: fc.uniqueArray(
      fc.nat(5).chain((actor) =>
        fc.record({
          group: fc.constant(actor > 2),
          actor: fc.constant([...USERS, ...GROUPS][actor] ?? 'u0'),
          role: fc.constantFrom(...ROLES),
        }),
      ),
      { maxLength: 4, selector: (made) => JSON.stringify(made) },
    ),
  }),
);

const insert = async (database: Database, into: Sql, rows: readonly Sql[]): Promise<void> => {
  if (rows.length > 0) await query(database, sql`INSERT INTO ${into} VALUES ${join(rows, ', ')}`);
};

/** Makes the world the only content of the tables. */
export async function settle(database: Database, world: World): Promise<void> {
  for (const table of [
    'assignment',
    'system_assignment',
    'implied_role',
    'role_option',
    'role',
    'project_tag',
    'project_option',
  ]) {
    await database.manager.query(`DELETE FROM ${table}`);
  }
  // Children before their parents, for the sake of foreign keys.
  const rows = await query<{ id: string; parent_id: string | null }>(database, sql`SELECT id, parent_id FROM project`);
  const depth = (id: string | null): number =>
    id ? 1 + depth(rows.find((row) => row.id === id)?.parent_id ?? null) : 0;
  for (const { id } of rows.toSorted((a, b) => depth(b.id) - depth(a.id))) {
    if (id !== ROOT_DOMAIN) await query(database, sql`DELETE FROM project WHERE id = ${id}`);
  }
  await fill(database, world);
}

async function fill(database: Database, world: World): Promise<void> {
  const project = (id: string, domain: string, parent: string | null, isDomain: number) =>
    sql`(${id}, ${`name of ${id}`}, '{}', '', 1, ${domain}, ${parent}, ${isDomain})`;
  const columns = sql`project (id, name, extra, description, enabled, domain_id, parent_id, is_domain)`;
  await insert(
    database,
    columns,
    world.domains.map((id) => project(id, ROOT_DOMAIN, null, 1)),
  );
  for (const { id, domain, parent } of world.projects) {
    await insert(database, columns, [project(id, domain, parent, 0)]);
  }
  await insert(
    database,
    sql`role (id, name, extra, domain_id)`,
    world.roles.map(({ id, domain }) => sql`(${id}, ${`name of ${id}`}, '{}', ${domain ?? GLOBAL})`),
  );
  await insert(
    database,
    sql`implied_role (prior_role_id, implied_role_id)`,
    world.implies.map(({ prior, implied }) => sql`(${prior}, ${implied})`),
  );
  await insert(
    database,
    sql`assignment (type, actor_id, target_id, role_id, inherited)`,
    world.grants.map(
      (made) => sql`(${made.type}, ${made.actor}, ${made.target}, ${made.role}, ${made.inherited ? 1 : 0})`,
    ),
  );
  await insert(
    database,
    sql`system_assignment (type, actor_id, target_id, role_id, inherited)`,
    world.system.map(
      ({ actor, group, role }) => sql`(${group ? 'GroupSystem' : 'UserSystem'}, ${actor}, 'system', ${role}, 0)`,
    ),
  );
}
