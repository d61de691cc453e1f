import type { DomainKey, DomainRef, ProjectKey, ProjectRef } from '@keystone/contracts';
import type { Database } from '@keystone/database';
import { ROOT_DOMAIN } from './project.store.ts';
import { join, query, sql, type Sql } from './sql.ts';

interface Resolved {
  place: number;
  id: string;
  name: string;
  enabled: number | null;
  is_domain: number;
  domain_id: string;
  domain_name: string;
  domain_enabled: number | null;
}

interface Keys {
  domains: readonly DomainKey[];
  projects: readonly ProjectKey[];
}

/** So many lookups go into one statement; SQLite takes 500. */
const CHUNK = 200;

// A domain's row stands for it both as a domain and as a project, hence the join of every project with its domain.
const resolved = (place: number, where: Sql) => sql`
  SELECT ${place} AS place, p.id, p.name, p.enabled, p.is_domain,
    d.id AS domain_id, d.name AS domain_name, d.enabled AS domain_enabled
  FROM project p JOIN project d ON d.id = CASE WHEN p.is_domain = 1 THEN p.id ELSE p.domain_id END
  WHERE p.id <> ${ROOT_DOMAIN} AND d.is_domain = 1 AND ${where}`;

const byDomain = (key: DomainKey, alias: Sql): Sql =>
  'id' in key ? sql`${alias}.id = ${key.id}` : sql`${alias}.name = ${key.name} AND ${alias}.domain_id = ${ROOT_DOMAIN}`;

const ofDomain = (key: DomainKey) => sql`p.is_domain = 1 AND ${byDomain(key, sql`p`)}`;

const ofProject = (key: ProjectKey) =>
  'id' in key
    ? sql`p.id = ${key.id}`
    : sql`p.name = ${key.name} AND p.domain_id = d.id AND ${byDomain(key.domain, sql`d`)}`;

const domainOf = (row: Resolved): DomainRef => ({
  id: row.domain_id,
  name: row.domain_name,
  enabled: Boolean(row.domain_enabled),
});

const projectOf = (row: Resolved): ProjectRef => ({
  id: row.id,
  name: row.name,
  enabled: Boolean(row.enabled),
  is_domain: Boolean(row.is_domain),
  domain: domainOf(row),
});

/** Names compare as the database collates, and so does a project's id; a domain's id is that very id or no domain. */
const exact = (key: DomainKey, row: Resolved): boolean => !('id' in key) || key.id === row.domain_id;

export type Resolver = ReturnType<typeof resolver>;

export const resolver =
  (database: Database) =>
  async ({ domains, projects }: Keys): Promise<{ domains: (DomainRef | null)[]; projects: (ProjectRef | null)[] }> => {
    const wheres = [...domains.map(ofDomain), ...projects.map(ofProject)];
    const branches = wheres.map((where, place) => resolved(place, where));
    const chunks = Array.from({ length: Math.ceil(branches.length / CHUNK) }, (_, at) =>
      branches.slice(at * CHUNK, (at + 1) * CHUNK),
    );
    const found = await Promise.all(chunks.map((chunk) => query<Resolved>(database, join(chunk, ' UNION ALL '))));
    const rows = new Map(found.flat().map((row) => [Number(row.place), row]));

    return {
      domains: domains.map((key, at) => {
        const row = rows.get(at);
        return row && exact(key, row) ? domainOf(row) : null;
      }),
      projects: projects.map((key, at) => {
        const row = rows.get(domains.length + at);
        return row && ('id' in key || exact(key.domain, row)) ? projectOf(row) : null;
      }),
    };
  };
