import type { Filter } from '@keystone/api';
import { column, jsonText, key, nullable, unfold, type Database } from '@keystone/database';
import { notFound } from '@keystone/errors';
import { EntitySchema } from 'typeorm';
import { split, type FilterColumns } from './filter.ts';
import { query, sql, type Sql } from './sql.ts';

/** The `domain_id` of a role that belongs to no domain. */
export const GLOBAL = '<<null>>';

/** A role as the API shows it but for its links; `domain_id` is null for one that belongs to no domain. */
export interface Role {
  id: string;
  name: string;
  domain_id: string | null;
  description: string | null;
  options: { immutable?: unknown };
  [extra: string]: unknown;
}

export const RoleTable = new EntitySchema<Record<string, unknown>>({
  name: 'role',
  columns: {
    id: key(column.text),
    name: column.text,
    extra: nullable({ type: 'text' }),
    domain_id: column.text,
    description: nullable(column.text),
  },
});

export const RoleOptionTable = new EntitySchema<Record<string, unknown>>({
  name: 'role_option',
  columns: { role_id: key(column.text), option_id: key(column.text), option_value: nullable(column.json) },
});

export const ImpliedRoleTable = new EntitySchema<Record<string, unknown>>({
  name: 'implied_role',
  columns: { prior_role_id: key(column.text), implied_role_id: key(column.text) },
});

export interface RoleRow {
  id: string;
  name: string;
  extra: string | null;
  domain_id: string;
  description: string | null;
  immutable: string | null;
}

/** One role brings another with it. */
export interface Inference {
  prior: { id: string; name: string };
  implied: { id: string; name: string };
}

const FILTERS: FilterColumns = {
  name: { column: sql`r.name`, length: 255 },
  domain_id: { column: sql`r.domain_id`, length: 64 },
};

export const roleOf = ({ id, name, description, immutable, extra, ...row }: RoleRow): Role =>
  unfold<Role>({
    id,
    name,
    description,
    domain_id: row.domain_id === GLOBAL ? null : row.domain_id,
    options: immutable === null ? {} : { immutable: jsonText.from(immutable) },
    extra,
  });

/** The columns of a RoleRow, of `role r` and what {@link WITH_OPTIONS} adds to it. */
export const ROLE = sql`r.id, r.name, r.extra, r.domain_id, r.description, o.option_value AS immutable`;
export const WITH_OPTIONS = sql`LEFT JOIN role_option o ON o.role_id = r.id AND o.option_id = 'IMMU'`;

async function selectRoles(database: Database, tail: Sql): Promise<Role[]> {
  const rows = await query<RoleRow>(database, sql`SELECT ${ROLE} FROM role r ${WITH_OPTIONS} ${tail}`);
  return rows.map(roleOf);
}

export type RoleStore = ReturnType<typeof roleStore>;

export const roleStore = (database: Database) => ({
  /** @throws 404 */
  get: async (id: string): Promise<Role> =>
    (await selectRoles(database, sql`WHERE r.id = ${id}`))[0] ?? notFound('role', id),

  all: () => selectRoles(database, sql`ORDER BY r.id`),

  /**
   * The roles of no domain, or of those that a filter names, and the filters that are left to apply. One role more than
   * the limit tells that there are more; where filters are left nothing can be cut yet.
   */
  async list(filters: readonly Filter[], limit: number | undefined) {
    const { where, rest } = split(filters, FILTERS);
    const ofDomain = filters.some(({ name, comparator }) => name === 'domain_id' && comparator === 'equals');
    const domain = ofDomain ? sql`1 = 1` : sql`r.domain_id = ${GLOBAL}`;
    const most = limit === undefined || rest.length > 0 ? sql`` : sql`LIMIT ${limit + 1}`;
    return { roles: await selectRoles(database, sql`WHERE ${where} AND ${domain} ORDER BY r.id ${most}`), rest };
  },

  async inferences(): Promise<Inference[]> {
    const rows = await query<{ prior_id: string; prior_name: string; implied_id: string; implied_name: string }>(
      database,
      sql`SELECT p.id AS prior_id, p.name AS prior_name, r.id AS implied_id, r.name AS implied_name
      FROM implied_role i JOIN role p ON p.id = i.prior_role_id JOIN role r ON r.id = i.implied_role_id
      ORDER BY p.id, r.id`,
    );
    return rows.map((row) => ({
      prior: { id: row.prior_id, name: row.prior_name },
      implied: { id: row.implied_id, name: row.implied_name },
    }));
  },
});
