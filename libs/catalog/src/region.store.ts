import { str } from '@keystone/api';
import { column, fold, isDuplicate, key, nullable, unfold, violatesForeignKey } from '@keystone/database';
import type { Database, Row } from '@keystone/database';
import { KeystoneError, badRequest, conflict, notFound } from '@keystone/errors';
import { EntitySchema, In, type EntityManager } from 'typeorm';
import { forgetPolicies } from './association.store.ts';
import { fits } from './column-length.ts';
import { listRows, type Wanted } from './list.store.ts';
import { writing } from './write.store.ts';

export interface Region {
  id: string;
  description: string;
  parent_region_id: string | null;
  [extra: string]: unknown;
}

/** A region as a client describes it, a whole one or what is to change. */
export type RegionDraft = { id?: string | null; description?: string | null; parent_region_id?: unknown };

export const RegionTable = new EntitySchema<Row<Region>>({
  name: 'region',
  columns: {
    id: key(column.text),
    description: column.text,
    parent_region_id: nullable(column.text),
    extra: nullable(column.text),
  },
});

// UNION, not UNION ALL: it ends where the tree has a circle in it.
const DESCENDANTS = `WITH RECURSIVE tree (id) AS (
  SELECT id FROM region WHERE id = ?
  UNION SELECT region.id FROM region JOIN tree ON region.parent_region_id = tree.id) SELECT id FROM tree`;
const ANCESTORS = `WITH RECURSIVE line (id, parent_region_id) AS (
  SELECT id, parent_region_id FROM region WHERE id = ?
  UNION SELECT region.id, region.parent_region_id FROM region JOIN line ON region.id = line.parent_region_id)
  SELECT id FROM line WHERE id = ?`;

async function requireParent(tx: EntityManager, parent: unknown): Promise<void> {
  if (parent === null || parent === undefined) return;
  const there = typeof parent === 'string' && (await tx.existsBy(RegionTable, { id: parent }));
  if (!there) notFound('region', str(parent));
}

const inUse = (id: string): never => {
  throw new KeystoneError(
    403,
    `Unable to delete region ${id} because it or its child regions have associated endpoints.`,
  );
};

/** A region that nothing is known of but its id, unless there is one. @throws 400 where the id is too long */
export async function ensureRegion(tx: EntityManager, id: string): Promise<void> {
  if (await tx.existsBy(RegionTable, { id })) return;
  fits('id', id, 255);
  try {
    await tx.insert(RegionTable, fold(RegionTable, { id, description: '', parent_region_id: null }));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

export type RegionStore = ReturnType<typeof regionStore>;

/** Regions and their tree (catalog/core.py, catalog/backends/sql.py). */
export function regionStore(database: Database) {
  const { manager } = database;
  const write = writing(database);
  const rowOf = async (tx: EntityManager, id: string) =>
    (await tx.findOneBy(RegionTable, { id })) ?? notFound('region', id);

  async function remove(tx: EntityManager, id: string): Promise<void> {
    await rowOf(tx, id);
    const tree = ((await tx.query(DESCENDANTS, [id])) as { id: string }[]).map((region) => region.id);
    if (await tx.existsBy('endpoint', { region_id: In(tree) })) inUse(id);
    await forgetPolicies(tx, { region_id: In(tree) });
    await tx.delete(RegionTable, { id: In(tree) });
  }

  return {
    /** @throws 404 */
    get: async (id: string): Promise<Region> => unfold(await rowOf(manager, id)),

    list: (wanted: Wanted): Promise<Region[]> => listRows(database, RegionTable, wanted),

    /** @throws 409 where the id is taken, 404 where the parent is not there */
    create: (id: string, draft: RegionDraft): Promise<Region> =>
      write(async (tx) => {
        const taken = () => conflict('region', `Duplicate ID, ${id}.`);
        if (await tx.existsBy(RegionTable, { id })) taken();
        await requireParent(tx, draft.parent_region_id);
        fits('id', id, 255);
        const region = { parent_region_id: null, ...draft, id, description: draft.description ?? '' };
        const row = fold(RegionTable, region);
        await tx.insert(RegionTable, row).catch((error: unknown) => {
          if (isDuplicate(error)) taken();
          throw error;
        });
        return unfold(row as Row<Region>);
      }),

    /** @throws 404 for the region or its new parent, 400 where it would become its own ancestor */
    update: (id: string, changes: RegionDraft): Promise<Region> =>
      write(async (tx) => {
        await requireParent(tx, changes.parent_region_id);
        const old = unfold<Region>(await rowOf(tx, id));
        const described = 'description' in changes && { description: changes.description ?? '' };
        const region = { ...old, ...changes, ...described, id: old.id } as Region;
        const parent = region.parent_region_id;
        if (parent !== null && (await tx.query(ANCESTORS, [parent, region.id])).length > 0) {
          badRequest(`The specified parent region ${region.id} would create a circular region hierarchy.`);
        }
        const row = fold(RegionTable, region);
        await tx.update(RegionTable, { id: region.id }, row);
        return unfold(row as Row<Region>);
      }),

    /** The region with all below it. @throws 404; 403 where an endpoint is in one of them */
    delete: (id: string): Promise<void> =>
      write((tx) => remove(tx, id)).catch((error: unknown) => {
        if (violatesForeignKey(error)) inUse(id);
        throw error;
      }),
  };
}
