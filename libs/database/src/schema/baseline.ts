import type { EntitySchema } from 'typeorm';
import { assignmentTables } from './assignment.ts';
import { catalogTables } from './catalog.ts';
import { delegationTables } from './delegation.ts';
import { federationTables } from './federation.ts';
import { identityTables } from './identity.ts';
import type { Tables } from './table.ts';
import { tokenTables } from './token.ts';

/** Python Keystone 30.0.0's tables (2026.1, keystone/common/sql/migrations), a table after those it refers to. */
export const baseline: Tables = {
  ...assignmentTables,
  ...identityTables,
  ...federationTables,
  ...delegationTables,
  ...catalogTables,
  ...tokenTables,
};

/** The heads of alembic's two branches that the baseline stands at: expand, contract. */
export const BASELINE_VERSIONS = ['742c857f1dfb', 'c88cdce8f248'] as const;

/** Table → column → whether it may be null, as Python 30.0.0 leaves it. */
export const baselineColumns: Record<string, Record<string, { nullable: boolean }>> = Object.fromEntries(
  Object.entries(baseline).map(([name, { columns }]) => [
    name,
    Object.fromEntries(
      Object.entries(columns).map(([column, spec]) => [column, { nullable: !/serial|not null/.test(spec) }]),
    ),
  ]),
);

/**
 * Where entities say other than Python's schema: one line for each table, column or nullability that is not there,
 * none when all is well. A store may leave columns out only if an insert can do without them.
 */
export const schemaDrift = (entities: readonly EntitySchema[]): string[] => entities.flatMap(driftOf);

const driftOf = ({ options }: EntitySchema): string[] => {
  const table = options.tableName ?? options.name;
  const expected = baselineColumns[table];
  if (!expected) return [`${table}: no such table`];
  return Object.entries(options.columns).flatMap(([property, column]) => {
    const name = column?.name ?? property;
    const there = expected[name];
    if (!there) return [`${table}.${name}: no such column`];
    const nullable = column?.nullable ?? false;
    return nullable === there.nullable ? [] : [`${table}.${name}: ${there.nullable ? 'may' : 'may not'} be null`];
  });
};
