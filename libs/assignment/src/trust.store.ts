import { column, key, nullable, timeText, type Database } from '@keystone/database';
import { EntitySchema } from 'typeorm';
import { holdsOn, lineageOf, TYPES } from './held.store.ts';
import { roleOf, WITH_OPTIONS, type Role, type RoleRow } from './role.store.ts';
import { query, sql } from './sql.ts';
import { unionOf } from './union.ts';

export const TrustTable = new EntitySchema<Record<string, unknown>>({
  name: 'trust',
  columns: {
    id: key(column.text),
    trustor_user_id: column.text,
    trustee_user_id: column.text,
    project_id: nullable(column.text),
    impersonation: column.flag,
    deleted_at: nullable(column.time),
    expires_at: nullable(column.time),
    remaining_uses: nullable(column.integer),
    extra: nullable({ type: 'text' }),
    expires_at_int: nullable(column.integer),
    redelegated_trust_id: nullable(column.text),
    redelegation_count: nullable(column.integer),
  },
});

export const TrustRoleTable = new EntitySchema<Record<string, unknown>>({
  name: 'trust_role',
  columns: { trust_id: key(column.text), role_id: key(column.text) },
});

/** A trust that is not deleted, as stored. */
export interface TrustLink {
  id: string;
  trustor_user_id: string;
  trustee_user_id: string;
  impersonation: boolean;
  remaining_uses: number | null;
  redelegated_trust_id: string | null;
  redelegation_count: number | null;
  /** Seconds since the epoch. */
  expires_at: number | null;
  role_ids: string[];
}

export interface DelegatedRole {
  id: string;
  /** Null where there is no such role any more. */
  role: Role | null;
}

export interface HeldRole {
  user_id: string | null;
  group_id: string | null;
  role_id: string;
}

type Row = Omit<TrustLink, 'role_ids' | 'impersonation' | 'expires_at'> &
  RoleRow &
  HeldRole & {
    kind: 'trust' | 'link' | 'delegated' | 'held';
    depth: number;
    trust_id: string;
    impersonation: number;
    ends_int: number | string | null;
    ends: string | null;
    delegated_id: string;
  };

/** More than `[trust] max_redelegation_count` lets anybody hand on; a loop of trusts ends here. */
const LONGEST = 100;

const chainOf = (id: string) => sql`chain (depth, id, redelegated_trust_id) AS (
  SELECT 0 AS depth, id, redelegated_trust_id FROM trust WHERE id = ${id} AND deleted_at IS NULL
  UNION SELECT c.depth + 1, t.id, t.redelegated_trust_id FROM trust t JOIN chain c ON t.id = c.redelegated_trust_id
    WHERE t.deleted_at IS NULL AND c.depth < ${LONGEST})`;

const delegatedBy = (id: string) => sql`delegated (role_id) AS (
  SELECT role_id FROM trust_role WHERE trust_id = ${id}
  UNION SELECT i.implied_role_id FROM delegated d JOIN implied_role i ON i.prior_role_id = d.role_id)`;

const ofUser = sql`CASE WHEN a.type IN ${TYPES.user} THEN a.actor_id END`;
const ofGroup = sql`CASE WHEN a.type IN ${TYPES.group} THEN a.actor_id END`;

/** What trustors hold on the project, and any group; roles of a domain too, for those can be handed on. */
const heldOn = (project: string) => sql`held (user_id, group_id, role_id) AS (
  SELECT ${ofUser} AS user_id, ${ofGroup} AS group_id, a.role_id FROM assignment a
  WHERE (a.type IN ${TYPES.group}
    OR a.type IN ${TYPES.user} AND a.actor_id IN (SELECT t.trustor_user_id FROM trust t JOIN chain c ON c.id = t.id))
    AND ${holdsOn(project)}
  UNION SELECT h.user_id, h.group_id, i.implied_role_id FROM held h JOIN implied_role i ON i.prior_role_id = h.role_id)`;

const TRUST = {
  depth: sql`c.depth`,
  trust_id: sql`t.id`,
  trustor_user_id: sql`t.trustor_user_id`,
  trustee_user_id: sql`t.trustee_user_id`,
  impersonation: sql`t.impersonation`,
  remaining_uses: sql`t.remaining_uses`,
  redelegated_trust_id: sql`t.redelegated_trust_id`,
  redelegation_count: sql`t.redelegation_count`,
  ends_int: sql`t.expires_at_int`,
  ends: sql`t.expires_at`,
};

const WHOLE_ROLE = {
  delegated_id: sql`d.role_id`,
  id: sql`r.id`,
  name: sql`r.name`,
  extra: sql`r.extra`,
  domain_id: sql`r.domain_id`,
  description: sql`r.description`,
  immutable: sql`o.option_value`,
};

const HELD = { user_id: sql`h.user_id`, group_id: sql`h.group_id`, role_id: sql`h.role_id` };

const everything = (trustId: string, projectId: string) => sql`SELECT known.* FROM (
  WITH RECURSIVE ${chainOf(trustId)}, ${delegatedBy(trustId)}, ${lineageOf(projectId)}, ${heldOn(projectId)}
  ${unionOf([
    { kind: 'trust', columns: TRUST, from: sql`chain c JOIN trust t ON t.id = c.id` },
    {
      kind: 'link',
      columns: { depth: sql`c.depth`, delegated_id: sql`tr.role_id` },
      from: sql`chain c JOIN trust_role tr ON tr.trust_id = c.id`,
    },
    {
      kind: 'delegated',
      columns: WHOLE_ROLE,
      from: sql`delegated d LEFT JOIN role r ON r.id = d.role_id ${WITH_OPTIONS}`,
    },
    { kind: 'held', columns: HELD, from: sql`held h JOIN delegated d ON d.role_id = h.role_id` },
  ])}) known`;

// Of the two columns for one moment the finer one counts (trust/backends/sql.py, TrustModel.expires_at).
function endOf({ ends_int, ends }: Row): number | null {
  if (ends_int !== null) return Number(ends_int) / 1e6;
  return ends === null ? null : Date.parse(timeText.from(ends)) / 1000;
}

const linkOf = (row: Row, roleIds: string[]): TrustLink => ({
  id: row.trust_id,
  trustor_user_id: row.trustor_user_id,
  trustee_user_id: row.trustee_user_id,
  impersonation: Boolean(row.impersonation),
  remaining_uses: row.remaining_uses,
  redelegated_trust_id: row.redelegated_trust_id,
  redelegation_count: row.redelegation_count,
  expires_at: endOf(row),
  role_ids: roleIds,
});

/** A trust with those that it was handed on from, its roles, and what of these its trustors and any group hold. */
export interface TrustOnProject {
  /** The trust first; ends before one that is deleted or missing. */
  chain: TrustLink[];
  delegated: DelegatedRole[];
  held: HeldRole[];
}

export type TrustStore = ReturnType<typeof trustStore>;

export const trustStore = (database: Database) => ({
  async onProject(trustId: string, projectId: string): Promise<TrustOnProject> {
    const rows = await query<Row>(database, everything(trustId, projectId));
    const of = (kind: Row['kind']) => rows.filter((row) => row.kind === kind);
    const rolesAt = (depth: number) =>
      of('link')
        .filter((row) => row.depth === depth)
        .map(({ delegated_id }) => delegated_id);
    return {
      chain: of('trust')
        .toSorted((a, b) => a.depth - b.depth)
        .map((row) => linkOf(row, rolesAt(row.depth))),
      delegated: of('delegated').map((row) => ({ id: row.delegated_id, role: row.id === null ? null : roleOf(row) })),
      held: of('held').map(({ user_id, group_id, role_id }) => ({ user_id, group_id, role_id })),
    };
  },
});
