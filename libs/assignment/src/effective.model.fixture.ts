import type { World, WorldGrant } from './world.fixture.ts';

/** What a grant comes to for one project or domain: a role, and which target further up, or which role, brought it. */
export interface Effect {
  actor: string;
  group: boolean;
  on: { project: string } | { domain: string };
  role: string;
  /** The target of the grant that is inherited from. */
  from?: { project: string } | { domain: string };
  /** The role that implies this one. */
  prior?: string;
}

const above = (world: World, id: string): string[] => {
  const parent = world.projects.find((project) => project.id === id)?.parent;
  return parent ? [parent, ...above(world, parent)] : [];
};

type Placed = Pick<Effect, 'on' | 'from'>;

/** Where a single grant holds. */
function places({ type, target, inherited }: WorldGrant, world: World): Placed[] {
  const onDomain = type.endsWith('Domain');
  if (!inherited) return [{ on: onDomain ? { domain: target } : { project: target } }];
  if (onDomain) {
    const held = world.projects.filter(({ domain }) => domain === target);
    return held.map(({ id }) => ({ on: { project: id }, from: { domain: target } }));
  }
  const below = world.projects.filter(({ id }) => above(world, id).includes(target));
  return below.map(({ id }) => ({ on: { project: id }, from: { project: target } }));
}

/** A role and all that it brings, each with the role that brings it at once. */
export function implications(role: string, world: World): { role: string; prior?: string }[] {
  const reached = new Set([role]);
  for (const prior of reached) {
    for (const { implied } of world.implies.filter((rule) => rule.prior === prior)) reached.add(implied);
  }
  const edges = world.implies.filter(({ prior }) => reached.has(prior));
  return [{ role }, ...edges.map(({ prior, implied }) => ({ role: implied, prior }))];
}

const isGlobal = (world: World, role: string) => world.roles.find(({ id }) => id === role)?.domain === null;

/** Every effect of every grant, in plain loops: what the statements are held against. */
export const effects = (world: World): Effect[] =>
  world.grants.flatMap((grant) =>
    places(grant, world).flatMap((place) =>
      implications(grant.role, world)
        .filter(({ role }) => isGlobal(world, role))
        .map((brought) => ({ ...place, ...brought, actor: grant.actor, group: grant.type.startsWith('Group') })),
    ),
  );
