import type { Scope } from '@keystone/contracts';
import { ROOT_DOMAIN } from './project.store.ts';
import { list, sql, type Sql } from './sql.ts';

/** A user, and groups: those given, or all there are. */
export interface Actors {
  user_id: string;
  group_ids: readonly string[] | null;
}

export const ON_PROJECT = sql`('UserProject', 'GroupProject')`;
export const ON_DOMAIN = sql`('UserDomain', 'GroupDomain')`;

/** Which grants are the user's or the groups'. */
export const heldBy = ({ user_id, group_ids }: Actors, types: { user: Sql; group: Sql }): Sql => {
  const ofGroups = group_ids ? sql`AND a.actor_id IN ${list(group_ids)}` : sql``;
  return sql`(a.type IN ${types.user} AND a.actor_id = ${user_id} OR a.type IN ${types.group} ${ofGroups})`;
};

export const TYPES = { user: sql`('UserProject', 'UserDomain')`, group: sql`('GroupProject', 'GroupDomain')` };
export const SYSTEM_TYPES = { user: sql`('UserSystem')`, group: sql`('GroupSystem')` };

const ofGroup = sql`CASE WHEN a.type IN ('GroupProject', 'GroupDomain', 'GroupSystem') THEN a.actor_id END`;

/** Roles granted and, from there, implied. `UNION` keeps each once, so that a loop of implications ends. */
const implied = (before: Sql, granted: Sql) => sql`(
  WITH RECURSIVE ${before} held (group_id, role_id) AS (
    SELECT ${ofGroup} AS group_id, a.role_id ${granted}
    UNION SELECT h.group_id, i.implied_role_id FROM held h JOIN implied_role i ON i.prior_role_id = h.role_id)
  SELECT group_id, role_id FROM held)`;

/** The project, and all that it lies below. */
export const lineageOf = (project: string) => sql`lineage (id, parent_id, domain_id) AS (
  SELECT id, parent_id, domain_id FROM project WHERE id = ${project} AND id <> ${ROOT_DOMAIN}
  UNION SELECT p.id, p.parent_id, p.domain_id FROM project p JOIN lineage l ON p.id = l.parent_id)`;

/** Which of the grants `a` hold on the project: made there, or inherited from a project above it or from its domain. */
export const holdsOn = (project: string) => sql`(
  a.type IN ${ON_PROJECT} AND a.inherited = 0 AND a.target_id = ${project}
  OR a.type IN ${ON_PROJECT} AND a.inherited = 1 AND a.target_id IN (SELECT id FROM lineage WHERE id <> ${project})
  OR a.type IN ${ON_DOMAIN} AND a.inherited = 1 AND a.target_id IN (SELECT domain_id FROM lineage WHERE id = ${project}))`;

const onProject = (project: string, actors: Actors) =>
  implied(sql`${lineageOf(project)},`, sql`FROM assignment a WHERE ${heldBy(actors, TYPES)} AND ${holdsOn(project)}`);

/** What is inherited from a domain holds on its projects, not on the domain. */
const onDomain = (domain: string, actors: Actors) =>
  implied(
    sql``,
    sql`FROM assignment a
    WHERE ${heldBy(actors, TYPES)} AND a.type IN ${ON_DOMAIN} AND a.inherited = 0 AND a.target_id = ${domain}`,
  );

const onSystem = (actors: Actors) =>
  implied(sql``, sql`FROM system_assignment a WHERE ${heldBy(actors, SYSTEM_TYPES)} AND a.target_id = 'system'`);

/** Roles in a scope by who holds them: `group_id`, null for the user, and `role_id`. */
export const heldIn = (scope: Scope, actors: Actors): Sql => {
  if ('system' in scope) return onSystem(actors);
  return 'domain_id' in scope ? onDomain(scope.domain_id, actors) : onProject(scope.project_id, actors);
};
