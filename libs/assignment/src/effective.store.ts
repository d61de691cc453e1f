import type { RoleRef, Scope } from '@keystone/contracts';
import { column, key, type Database } from '@keystone/database';
import { EntitySchema } from 'typeorm';
import { ROOT_DOMAIN, selectProjects } from './project.store.ts';
import { GLOBAL } from './role.store.ts';
import type { Resolver } from './resolve.store.ts';
import { list, query, sql, type Sql } from './sql.ts';

const grant = {
  type: key(column.text),
  actor_id: key(column.text),
  target_id: key(column.text),
  role_id: key(column.text),
  inherited: key(column.flag),
};

/** `type` is UserProject, GroupProject, UserDomain or GroupDomain; what is `inherited` holds below its target only. */
export const AssignmentTable = new EntitySchema<Record<string, unknown>>({ name: 'assignment', columns: grant });

/** `type` is UserSystem or GroupSystem, `target_id` is `system`. */
export const SystemAssignmentTable = new EntitySchema<Record<string, unknown>>({
  name: 'system_assignment',
  columns: grant,
});

/** A user, and groups: those given, or all there are. */
export interface Actors {
  user_id: string;
  group_ids: readonly string[] | null;
}

const ON_PROJECT = sql`('UserProject', 'GroupProject')`;
const ON_DOMAIN = sql`('UserDomain', 'GroupDomain')`;

/** Which grants are the user's or the groups'. */
const heldBy = ({ user_id, group_ids }: Actors, types: { user: Sql; group: Sql }): Sql => {
  const ofGroups = group_ids ? sql`AND a.actor_id IN ${list(group_ids)}` : sql``;
  return sql`(a.type IN ${types.user} AND a.actor_id = ${user_id} OR a.type IN ${types.group} ${ofGroups})`;
};

const TYPES = { user: sql`('UserProject', 'UserDomain')`, group: sql`('GroupProject', 'GroupDomain')` };
const SYSTEM_TYPES = { user: sql`('UserSystem')`, group: sql`('GroupSystem')` };

const ofGroup = sql`CASE WHEN a.type IN ('GroupProject', 'GroupDomain', 'GroupSystem') THEN a.actor_id END`;

/** Roles granted and, from there, implied. `UNION` keeps each once, so that a loop of implications ends. */
const implied = (before: Sql, granted: Sql) => sql`(
  WITH RECURSIVE ${before} held (group_id, role_id) AS (
    SELECT ${ofGroup} AS group_id, a.role_id ${granted}
    UNION SELECT h.group_id, i.implied_role_id FROM held h JOIN implied_role i ON i.prior_role_id = h.role_id)
  SELECT group_id, role_id FROM held)`;

/** Granted on the project itself, or inherited from a project above it or from its domain. */
const onProject = (project: string, actors: Actors) =>
  implied(
    sql`lineage (id, parent_id, domain_id) AS (
      SELECT id, parent_id, domain_id FROM project WHERE id = ${project} AND id <> ${ROOT_DOMAIN}
      UNION SELECT p.id, p.parent_id, p.domain_id FROM project p JOIN lineage l ON p.id = l.parent_id),`,
    sql`FROM assignment a WHERE ${heldBy(actors, TYPES)} AND (
      a.type IN ${ON_PROJECT} AND a.inherited = 0 AND a.target_id = ${project}
      OR a.type IN ${ON_PROJECT} AND a.inherited = 1 AND a.target_id IN (SELECT id FROM lineage WHERE id <> ${project})
      OR a.type IN ${ON_DOMAIN} AND a.inherited = 1 AND a.target_id IN (SELECT domain_id FROM lineage WHERE id = ${project}))`,
  );

/** What is inherited from a domain holds on its projects, not on the domain. */
const onDomain = (domain: string, actors: Actors) =>
  implied(
    sql``,
    sql`FROM assignment a
    WHERE ${heldBy(actors, TYPES)} AND a.type IN ${ON_DOMAIN} AND a.inherited = 0 AND a.target_id = ${domain}`,
  );

const onSystem = (actors: Actors) =>
  implied(sql``, sql`FROM system_assignment a WHERE ${heldBy(actors, SYSTEM_TYPES)} AND a.target_id = 'system'`);

/** Roles of a domain are only there to imply others: they are in no token (assignment/core.py _strip_domain_roles). */
const shown = (held: Sql) => sql`
  SELECT h.group_id, r.id, r.name FROM ${held} h JOIN role r ON r.id = h.role_id WHERE r.domain_id = ${GLOBAL}`;

interface Held extends RoleRef {
  group_id: string | null;
}

function grantsOf(rows: readonly Held[]): { group_id: string | null; roles: RoleRef[] }[] {
  const byHolder = Map.groupBy(rows, ({ group_id }) => group_id);
  return [...byHolder].map(([group_id, held]) => ({ group_id, roles: held.map(({ id, name }) => ({ id, name })) }));
}

/** What is granted to the actors anywhere, as far as it comes to a role that counts in the end. */
const mine = (actors: Actors) => sql`
  counting (id) AS (
    SELECT id FROM role WHERE domain_id = ${GLOBAL}
    UNION SELECT i.prior_role_id FROM implied_role i JOIN counting c ON c.id = i.implied_role_id),
  mine (type, target_id, inherited) AS (
    SELECT a.type, a.target_id, a.inherited FROM assignment a
    WHERE ${heldBy(actors, TYPES)} AND a.role_id IN (SELECT id FROM counting))`;

const reachedProjects = (actors: Actors) => sql`id IN (SELECT id FROM (
  WITH RECURSIVE ${mine(actors)},
  below (id) AS (
    SELECT p.id FROM project p JOIN mine m ON p.parent_id = m.target_id
    WHERE m.type IN ${ON_PROJECT} AND m.inherited = 1
    UNION SELECT p.id FROM project p JOIN below b ON p.parent_id = b.id)
  SELECT target_id AS id FROM mine WHERE type IN ${ON_PROJECT} AND inherited = 0
  UNION SELECT id FROM below
  UNION SELECT p.id FROM project p JOIN mine m ON p.domain_id = m.target_id
    WHERE m.type IN ${ON_DOMAIN} AND m.inherited = 1) reached)`;

const reachedDomains = (actors: Actors) => sql`is_domain = 1 AND id IN (SELECT target_id FROM (
  WITH RECURSIVE ${mine(actors)}
  SELECT target_id FROM mine WHERE type IN ${ON_DOMAIN} AND inherited = 0) reached)`;

export type EffectiveStore = ReturnType<typeof effectiveStore>;

/** Answers what users may do, and where (assignment/core.py), each with one or two statements. */
export const effectiveStore = (database: Database, resolve: Resolver) => {
  const held = async (granted: Sql) => grantsOf(await query<Held>(database, shown(granted)));

  return {
    async rolesOn({ scope, ...actors }: Actors & { scope: Scope }) {
      if ('system' in scope) return { project: null, domain: null, grants: await held(onSystem(actors)) };
      if ('domain_id' in scope) {
        const keys = { domains: [{ id: scope.domain_id }], projects: [] };
        const [found, grants] = await Promise.all([resolve(keys), held(onDomain(scope.domain_id, actors))]);
        const domain = found.domains[0] ?? null;
        return { project: null, domain, grants: domain ? grants : [] };
      }
      const keys = { domains: [], projects: [{ id: scope.project_id }] };
      const [found, grants] = await Promise.all([resolve(keys), held(onProject(scope.project_id, actors))]);
      return { project: found.projects[0] ?? null, domain: null, grants };
    },

    /** Disabled ones too: neither does Python leave them out. */
    projectsOf: (actors: Actors) => selectProjects(database, reachedProjects(actors)),
    domainsOf: (actors: Actors) => selectProjects(database, reachedDomains(actors)),

    async systemOf(actors: Actors): Promise<boolean> {
      const rows = await query(
        database,
        sql`SELECT 1 AS granted FROM system_assignment a JOIN role r ON r.id = a.role_id
        WHERE ${heldBy(actors, SYSTEM_TYPES)} AND a.target_id = 'system' LIMIT 1`,
      );
      return rows.length > 0;
    },
  };
};
