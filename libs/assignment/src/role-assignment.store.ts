import type { Database } from '@keystone/database';
import { join, list, query, sql, type Sql } from './sql.ts';

export type GrantType = 'UserProject' | 'GroupProject' | 'UserDomain' | 'GroupDomain' | 'UserSystem' | 'GroupSystem';

/** A grant as it is stored, or as it takes effect on a project below the one, or in the domain, it was made on. */
export interface GrantRow {
  type: GrantType;
  actor_id: string;
  target_id: string;
  role_id: string;
  inherited: number;
  /** Where it was made, if not on the target: a domain where the type ends in Domain. */
  source_id: string | null;
}

/** Which grants are asked for; what is undefined narrows nothing. */
export interface GrantQuery {
  user_id?: string | undefined;
  group_ids?: readonly string[] | undefined;
  domain_id?: string | undefined;
  project_id?: string | undefined;
  /** With what is below the project. */
  subtree?: boolean;
  role_id?: string | undefined;
  inherited?: boolean | undefined;
}

const ON_PROJECT = sql`('UserProject', 'GroupProject')`;
const ON_DOMAIN = sql`('UserDomain', 'GroupDomain')`;

/** Grants to the user or to one of the groups. */
function toActors({ user_id, group_ids }: GrantQuery): Sql {
  const either = [
    ...(user_id === undefined
      ? []
      : [sql`a.type IN ('UserProject', 'UserDomain', 'UserSystem') AND a.actor_id = ${user_id}`]),
    ...(group_ids === undefined
      ? []
      : [sql`a.type IN ('GroupProject', 'GroupDomain', 'GroupSystem') AND a.actor_id IN ${list(group_ids)}`]),
  ];
  return either.length === 0 ? sql`1 = 1` : sql`(${join(either, ' OR ')})`;
}

/** The project asked for, and what is below it if that is asked for too. */
const withSubtree = (project_id: string, subtree = false): Sql =>
  subtree
    ? sql`(SELECT id FROM (WITH RECURSIVE tree (id) AS (
        SELECT id FROM project WHERE id = ${project_id}
        UNION SELECT p.id FROM project p JOIN tree t ON p.parent_id = t.id) SELECT id FROM tree) tree)`
    : sql`(${project_id})`;

const onTarget = ({ project_id, domain_id, subtree }: GrantQuery): Sql => {
  if (project_id !== undefined)
    return sql`a.type IN ${ON_PROJECT} AND a.target_id IN ${withSubtree(project_id, subtree)}`;
  return domain_id === undefined ? sql`1 = 1` : sql`a.type IN ${ON_DOMAIN} AND a.target_id = ${domain_id}`;
};

const ofRole = ({ role_id }: GrantQuery): Sql => (role_id === undefined ? sql`1 = 1` : sql`a.role_id = ${role_id}`);

const stored = sql`SELECT a.type, a.actor_id, a.target_id, a.role_id, a.inherited, NULL AS source_id`;
const inheritedBy = (target: Sql) =>
  sql`SELECT a.type, a.actor_id, ${target} AS target_id, a.role_id, a.inherited, a.target_id AS source_id`;

/** Pairs of a project and one above it: above what is asked for, or else below where grants are inherited from. */
function lines(asked: GrantQuery): Sql {
  if (asked.project_id !== undefined) {
    return sql`SELECT p.parent_id, p.id FROM project p WHERE p.id IN ${withSubtree(asked.project_id, asked.subtree)}
      UNION SELECT p.parent_id, l.id FROM line l JOIN project p ON p.id = l.source_id WHERE p.parent_id IS NOT NULL`;
  }
  return sql`SELECT p.parent_id, p.id FROM project p WHERE p.parent_id IN (
      SELECT a.target_id FROM assignment a WHERE a.inherited = 1 AND a.type IN ${ON_PROJECT} AND ${toActors(asked)})
    UNION SELECT l.source_id, p.id FROM project p JOIN line l ON p.parent_id = l.id`;
}

/** Grants from above, on each of the projects that they reach, as far as those are asked for. */
function inheritedGrants(asked: GrantQuery): Sql[] {
  const inherited = sql`a.inherited = 1 AND ${toActors(asked)}`;
  const reached =
    asked.project_id === undefined ? sql`1 = 1` : sql`p.id IN ${withSubtree(asked.project_id, asked.subtree)}`;
  const fromDomain = sql`${inheritedBy(sql`p.id`)}
    FROM assignment a JOIN project p ON p.domain_id = a.target_id
    WHERE ${inherited} AND a.type IN ${ON_DOMAIN} AND ${reached}`;
  const fromProject = sql`${inheritedBy(sql`l.id`)}
    FROM assignment a JOIN (WITH RECURSIVE line (source_id, id) AS (${lines(asked)}) SELECT source_id, id FROM line) l
      ON l.source_id = a.target_id
    WHERE ${inherited} AND a.type IN ${ON_PROJECT}`;
  return [fromDomain, fromProject];
}

export type GrantStore = ReturnType<typeof grantStore>;

/** Grants as `role_assignments` lists them; each list is one statement. */
export const grantStore = (database: Database) => ({
  /** As they were made. */
  direct(asked: GrantQuery): Promise<GrantRow[]> {
    const inherited = asked.inherited === undefined ? sql`1 = 1` : sql`a.inherited = ${asked.inherited ? 1 : 0}`;
    return query<GrantRow>(
      database,
      sql`${stored} FROM assignment a
      WHERE ${onTarget(asked)} AND ${toActors(asked)} AND ${ofRole(asked)} AND ${inherited}`,
    );
  },

  /** Those on the system. */
  system: (asked: GrantQuery): Promise<GrantRow[]> =>
    query<GrantRow>(
      database,
      sql`${stored} FROM system_assignment a JOIN role r ON r.id = a.role_id
      WHERE a.target_id = 'system' AND ${toActors(asked)} AND ${ofRole(asked)}`,
    ),

  /**
   * As they take effect: inherited ones on what inherits them. Nothing is implied yet, groups are still groups, and the
   * role is not looked at, for another may imply the one that is asked for.
   */
  async effective(asked: GrantQuery): Promise<GrantRow[]> {
    const made = sql`${stored} FROM assignment a WHERE a.inherited = 0 AND ${onTarget(asked)} AND ${toActors(asked)}`;
    const branches = [
      ...(asked.inherited === true ? [] : [made]),
      // A domain inherits nothing.
      ...(asked.inherited === false || asked.domain_id !== undefined ? [] : inheritedGrants(asked)),
    ];
    return branches.length === 0 ? [] : query<GrantRow>(database, join(branches, ' UNION ALL '));
  },
});
