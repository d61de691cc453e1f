import type { Filter } from '@keystone/api';
import { column, jsonText, key, nullable, unfold, type Database } from '@keystone/database';
import { notFound } from '@keystone/errors';
import { EntitySchema } from 'typeorm';
import { markerNotFound, type PageLimits } from './page.ts';
import { split, type FilterColumns } from './filter.ts';
import { list as among, query, sql, type Sql } from './sql.ts';
import type { TagHit, TagQuery } from './project-tag.ts';

/** The domain of all domains: a row that nobody is shown, so that a domain's `domain_id` need not be null. */
export const ROOT_DOMAIN = '<<keystone.domain.root>>';

/** A project, or a domain seen as one, as the API shows it but for its links. */
export interface Project {
  id: string;
  name: string;
  domain_id: string | null;
  description: string | null;
  enabled: boolean | null;
  parent_id: string | null;
  is_domain: boolean;
  tags: string[];
  options: { immutable?: unknown };
  [extra: string]: unknown;
}

export const ProjectTable = new EntitySchema<Record<string, unknown>>({
  name: 'project',
  columns: {
    id: key(column.text),
    name: column.text,
    extra: nullable({ type: 'text' }),
    description: nullable({ type: 'text' }),
    enabled: nullable(column.flag),
    domain_id: column.text,
    parent_id: nullable(column.text),
    is_domain: column.flag,
  },
});

export const ProjectOptionTable = new EntitySchema<Record<string, unknown>>({
  name: 'project_option',
  columns: { project_id: key(column.text), option_id: key(column.text), option_value: nullable(column.json) },
});

export const ProjectTagTable = new EntitySchema<Record<string, unknown>>({
  name: 'project_tag',
  columns: { project_id: key(column.text), name: key(column.text) },
});

interface ProjectRow {
  id: string;
  name: string;
  extra: string | null;
  description: string | null;
  enabled: number | null;
  domain_id: string;
  parent_id: string | null;
  is_domain: number;
  immutable: string | null;
  tag: string | null;
}

const FILTERS: FilterColumns = {
  name: { column: sql`name`, length: 64 },
  domain_id: { column: sql`domain_id`, length: 64 },
  parent_id: { column: sql`parent_id`, length: 64 },
  enabled: { column: sql`enabled`, flag: true },
  is_domain: { column: sql`is_domain`, flag: true },
};

const COLUMNS = sql`id, name, extra, description, enabled, domain_id, parent_id, is_domain`;

/** Projects by a condition on their row, in the order of their ids. */
export async function selectProjects(database: Database, where: Sql): Promise<Project[]> {
  const rows = await query<ProjectRow>(
    database,
    sql`SELECT p.id, p.name, p.extra, p.description, p.enabled, p.domain_id, p.parent_id, p.is_domain,
      o.option_value AS immutable, t.name AS tag
    FROM (SELECT ${COLUMNS} FROM project WHERE id <> ${ROOT_DOMAIN} AND ${where}) p
    LEFT JOIN project_option o ON o.project_id = p.id AND o.option_id = 'IMMU'
    LEFT JOIN project_tag t ON t.project_id = p.id
    ORDER BY p.id, t.name`,
  );
  const found = new Map<string, Project>();
  for (const { tag, ...row } of rows) {
    const project = found.get(row.id) ?? projectOf(row);
    found.set(row.id, project);
    if (tag !== null) project.tags.push(tag);
  }
  return [...found.values()];
}

/** Values of `extra` give way to columns of the same name (resource/backends/sql_model.py to_dict). */
function projectOf({ immutable, extra, ...row }: Omit<ProjectRow, 'tag'>): Project {
  const known = {
    ...row,
    domain_id: row.domain_id === ROOT_DOMAIN ? null : row.domain_id,
    enabled: row.enabled === null ? null : row.enabled !== 0,
    is_domain: row.is_domain !== 0,
    tags: [],
    options: immutable === null ? {} : { immutable: jsonText.from(immutable) },
  };
  return unfold<Project>({ ...known, extra });
}

const lineage = (id: string) => sql`id IN (SELECT id FROM (
  WITH RECURSIVE lineage (id, parent_id) AS (
    SELECT id, parent_id FROM project WHERE id = ${id}
    UNION SELECT p.id, p.parent_id FROM project p JOIN lineage l ON p.id = l.parent_id)
  SELECT id FROM lineage) above)`;

const descent = (id: string) => sql`id IN (SELECT id FROM (
  WITH RECURSIVE descent (id) AS (
    SELECT id FROM project WHERE parent_id = ${id}
    UNION SELECT p.id FROM project p JOIN descent d ON p.parent_id = d.id)
  SELECT id FROM descent) below)`;

export type ProjectStore = ReturnType<typeof projectStore>;

export function projectStore(database: Database) {
  const find = async (id: string) => (await selectProjects(database, sql`id = ${id}`))[0];

  /** The first of a list, where there is none of the given id: 404. */
  async function startAfter(marker: string | undefined): Promise<Sql> {
    if (!marker) return sql`1 = 1`;
    const [row] = await query<{ id: string }>(database, sql`SELECT id FROM project WHERE id = ${marker}`);
    return sql`id > ${row?.id ?? markerNotFound(marker)}`;
  }

  return {
    find,
    /** @throws 404 */
    get: async (id: string): Promise<Project> => (await find(id)) ?? notFound('project', id),

    /** Ids are compared exactly, also where the database does not (resource/core.py get_domain). */
    async findDomain(id: string): Promise<Project | undefined> {
      const project = await find(id);
      return project?.is_domain && project.id === id ? project : undefined;
    },

    /**
     * One page in the order of ids, and the filters that are left to apply to it. A page that is full counts as
     * truncated, for Python does not look whether anything follows; no limit, or 0, is the most that is given.
     */
    async list(filters: readonly Filter[], { limit, marker, most }: PageLimits) {
      const { where, rest } = split(filters, FILTERS);
      const after = await startAfter(marker);
      const page = sql`SELECT id FROM project WHERE id <> ${ROOT_DOMAIN} AND ${where} AND ${after} ORDER BY id LIMIT ${limit || most}`;
      const projects = await selectProjects(database, sql`id IN (SELECT id FROM (${page}) page)`);
      return { projects, rest, truncated: limit !== undefined && projects.length >= limit };
    },

    /** All above a project and itself, up to its domain. */
    lineage: (id: string) => selectProjects(database, lineage(id)),
    /** All below a project. */
    descent: (id: string) => selectProjects(database, descent(id)),

    /** Every tag of the projects that have one of the tags named, and whether it counts for the two `-any` filters. */
    async tagHits(tags: TagQuery): Promise<TagHit[]> {
      const all = Object.values(tags).flat();
      return query<TagHit>(
        database,
        sql`SELECT project_id, name,
          CASE WHEN name IN ${among(tags['tags-any'] ?? [])} THEN 1 ELSE 0 END AS any_of,
          CASE WHEN name IN ${among(tags['not-tags-any'] ?? [])} THEN 1 ELSE 0 END AS not_any_of
        FROM project_tag
        WHERE project_id IN (SELECT project_id FROM project_tag WHERE name IN ${among(all)})`,
      );
    },

    /** Names of projects and domains, with their domain's. */
    async names(ids: readonly string[]): Promise<ProjectName[]> {
      // Beyond this many, to read them all is less work than to name each.
      const where = ids.length > 5000 ? sql`1 = 1` : sql`p.id IN ${among(ids)}`;
      return query<ProjectName>(
        database,
        sql`SELECT p.id, p.name, d.id AS domain_id, d.name AS domain_name
        FROM project p JOIN project d ON d.id = CASE WHEN p.is_domain = 1 THEN p.id ELSE p.domain_id END
        WHERE ${where}`,
      );
    },
  };
}

/** A domain is its own. */
export interface ProjectName {
  id: string;
  name: string;
  domain_id: string;
  domain_name: string;
}
