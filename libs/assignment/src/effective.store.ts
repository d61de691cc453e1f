import type { RoleRef, Scope } from '@keystone/contracts';
import { column, key, type Database } from '@keystone/database';
import { EntitySchema } from 'typeorm';
import { heldBy, heldIn, ON_DOMAIN, ON_PROJECT, SYSTEM_TYPES, TYPES, type Actors } from './held.store.ts';
import { selectProjects } from './project.store.ts';
import { GLOBAL, ROLE, roleOf, WITH_OPTIONS, type RoleRow } from './role.store.ts';
import type { Resolver } from './resolve.store.ts';
import { list, query, sql, type Sql } from './sql.ts';
import { unionOf, type Branch } from './union.ts';

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

/** What is asked about roles; see the question `assignment.roles-on`. */
export interface RolesAsked extends Actors {
  scope: Scope | null;
  role_ids?: readonly string[];
  federated_group_ids?: readonly string[];
}

const ROLE_ID = sql`role_id`;

const bringing = (roleIds: readonly string[]) => sql`(
  WITH RECURSIVE brought (role_id) AS (
    SELECT id AS role_id FROM role WHERE id IN ${list(roleIds)}
    UNION SELECT i.implied_role_id FROM brought b JOIN implied_role i ON i.prior_role_id = b.role_id)
  SELECT role_id FROM brought)`;

function branches({ scope, role_ids, federated_group_ids, ...actors }: RolesAsked): Branch[] {
  const made: Branch[] = [];
  if (scope) {
    const columns = { group_id: sql`group_id`, role_id: ROLE_ID };
    made.push({ kind: 'scope', columns, from: sql`${heldIn(scope, actors)} granted` });
  }
  if (federated_group_ids && scope) {
    const bearer = { ...actors, group_ids: federated_group_ids };
    const from = sql`system_assignment a WHERE ${heldBy(bearer, SYSTEM_TYPES)} AND a.target_id = 'system'`;
    made.push({ kind: 'system', columns: { role_id: sql`a.role_id` }, from });
  }
  if (role_ids?.length)
    made.push({ kind: 'implied', columns: { role_id: ROLE_ID }, from: sql`${bringing(role_ids)} b` });
  return made;
}

/** Roles of a domain are only there to imply others: they are in no token (assignment/core.py _strip_domain_roles). */
const shown = (asked: RolesAsked, kinds: Sql) => {
  const [columns, options] = asked.federated_group_ids ? [ROLE, WITH_OPTIONS] : [sql`r.id, r.name`, sql``];
  return sql`SELECT h.*, ${columns} FROM (${kinds}) h JOIN role r ON r.id = h.role_id ${options}
    WHERE r.domain_id = ${GLOBAL} OR h.kind = 'implied'`;
};

interface Held extends RoleRow {
  kind: 'scope' | 'system' | 'implied';
  group_id: string | null;
}

function grantsOf(rows: readonly Held[], roleIn: (row: Held) => RoleRef) {
  const byHolder = Map.groupBy(rows, ({ group_id }) => group_id);
  return [...byHolder].map(([group_id, held]) => ({ group_id, roles: held.map(roleIn) }));
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
  async function held(asked: RolesAsked) {
    const kinds = branches(asked);
    const rows = kinds.length > 0 ? await query<Held>(database, shown(asked, unionOf(kinds))) : [];
    const of = (kind: Held['kind']) => rows.filter((row) => row.kind === kind);
    const roleIn = (row: Held): RoleRef => (asked.federated_group_ids ? roleOf(row) : { id: row.id, name: row.name });
    return {
      grants: grantsOf(of('scope'), roleIn),
      ...(asked.role_ids && { implied_role_ids: of('implied').map(({ id }) => id) }),
      ...(asked.federated_group_ids && { system_roles: of('system').map(roleIn) }),
    };
  }

  async function places(scope: Scope | null, domainIds: readonly string[]) {
    const own = scope && 'domain_id' in scope ? [scope.domain_id] : [];
    const projects = scope && 'project_id' in scope ? [{ id: scope.project_id }] : [];
    const domains = [...own, ...domainIds].map((id) => ({ id }));
    if (domains.length + projects.length === 0) return { project: null, domain: null, domains: [] };
    const found = await resolve({ domains, projects });
    return {
      project: found.projects[0] ?? null,
      domain: (own.length > 0 && found.domains[0]) || null,
      domains: found.domains.slice(own.length).filter((domain) => domain !== null),
    };
  }

  return {
    async rolesOn({ domain_ids, ...asked }: RolesAsked & { domain_ids?: readonly string[] }) {
      const [{ domains, ...found }, { grants, ...rest }] = await Promise.all([
        places(asked.scope, domain_ids ?? []),
        held(asked),
      ]);
      // What is left of the grants of a domain that is gone gives nothing.
      const gone = asked.scope && 'domain_id' in asked.scope && !found.domain;
      return { ...found, grants: gone ? [] : grants, ...rest, ...(domain_ids && { domains }) };
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
