import type { Project } from './project.store.ts';

/** Ids within ids; null where there are none. */
export type Ids = { [id: string]: Ids } | null;

/** The projects above one, the nearest first. */
export function parentsOf(project: Project, lineage: readonly Project[]): Project[] {
  const byId = new Map(lineage.map((held) => [held.id, held]));
  const parents = new Set<Project>();
  let above = byId.get(project.parent_id ?? '');
  // A tree that bites its own tail ends where it began.
  while (above && above.id !== project.id && !parents.has(above)) {
    parents.add(above);
    above = byId.get(above.parent_id ?? '');
  }
  return [...parents];
}

/** `{parent: {grandparent: {domain: null}}}` */
export const parentIds = (project: Project, lineage: readonly Project[]): Ids =>
  parentsOf(project, lineage).reduceRight<Ids>((above, { id }) => ({ [id]: above }), null);

/** The projects below one, level by level. */
export function subtreeOf(project: Project, descent: readonly Project[]): Project[] {
  const children = Map.groupBy(descent, ({ parent_id }) => parent_id);
  const found = new Set<Project>();
  const open = [project];
  for (const { id } of open) {
    for (const child of children.get(id) ?? []) {
      if (found.has(child) || child.id === project.id) continue;
      found.add(child);
      open.push(child);
    }
  }
  return [...found];
}

/** `{child: {grandchild: null}}` */
export function subtreeIds(project: Project, descent: readonly Project[]): Ids {
  const children = Map.groupBy(subtreeOf(project, descent), ({ parent_id }) => parent_id);
  const below = (id: string): Ids => {
    const held = children.get(id);
    return held ? Object.fromEntries(held.map((child) => [child.id, below(child.id)])) : null;
  };
  return below(project.id);
}
