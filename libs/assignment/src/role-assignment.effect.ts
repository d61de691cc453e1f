import type { Inference, Role } from './role.store.ts';
import type { GrantRow } from './role-assignment.store.ts';

/** One line of `role_assignments`. */
export interface Grant {
  user?: string;
  group?: string;
  target: { project: string } | { domain: string } | 'system';
  role: string;
  /** Made to be inherited by what is below its target, or inherited from above. */
  inherited: boolean;
  /** How it came about, where it was not made so: by a group, a project or domain above, a role that implies it. */
  via: { group?: string; project?: string; domain?: string; role?: string };
}

function targetOf({ type, target_id, source_id }: GrantRow): Grant['target'] {
  if (type.endsWith('System')) return 'system';
  return type.endsWith('Domain') && source_id === null ? { domain: target_id } : { project: target_id };
}

/** A grant as the store gives it. */
export function grantOf(row: GrantRow): Grant {
  const { type, actor_id, role_id, inherited, source_id } = row;
  const source = source_id === null ? {} : type.endsWith('Domain') ? { domain: source_id } : { project: source_id };
  return {
    ...(type.startsWith('User') ? { user: actor_id } : { group: actor_id }),
    target: targetOf(row),
    role: role_id,
    inherited: inherited !== 0,
    via: source,
  };
}

/** A group's grant for each of its members. */
export const forMembers =
  (members: (group: string) => readonly string[]) =>
  (grant: Grant): Grant[] => {
    const { group, ...rest } = grant;
    if (group === undefined) return [grant];
    return members(group).map((user) => ({ ...rest, user, via: { ...grant.via, group } }));
  };

interface Brought {
  role: string;
  /** The role that brings it. */
  prior?: string;
}

/** A role, and those that it brings, each as often as there are roles that bring it at once. Loops end. */
function bringing(inferences: readonly Inference[]): (role: string) => Brought[] {
  const rules = Map.groupBy(inferences, ({ prior }) => prior.id);
  const known = new Map<string, Brought[]>();
  const found = (role: string): Brought[] => {
    const reached = new Set([role]);
    const brought: Brought[] = [{ role }];
    for (const prior of reached) {
      for (const { implied } of rules.get(prior) ?? []) {
        brought.push({ role: implied.id, prior });
        reached.add(implied.id);
      }
    }
    return brought;
  };
  return (role) => {
    const brought = known.get(role) ?? found(role);
    known.set(role, brought);
    return brought;
  };
}

/**
 * What a grant comes to: its role and the implied ones, without those of a domain, which only imply others
 * (assignment/core.py add_implied_roles, _strip_domain_roles).
 */
export function withImplied(roles: ReadonlyMap<string, Role>, inferences: readonly Inference[]) {
  const brings = bringing(inferences);
  const counts = ({ role }: Brought) => roles.get(role)?.domain_id === null;
  return (grant: Grant): Grant[] =>
    brings(grant.role)
      .filter(counts)
      .map(({ role, prior }) => ({
        ...grant,
        role,
        via: { ...grant.via, ...(prior !== undefined && { role: prior }) },
      }));
}
