import type { DomainRef, ProjectRef, Trust } from '@keystone/contracts';
import type { AssignmentDeps } from './deps.ts';
import type { Role } from './role.store.ts';
import type { HeldRole, TrustLink, TrustOnProject } from './trust.store.ts';

interface Asked {
  trust_id: string;
  project_id: string;
  domain_ids: readonly string[];
}

const usable = ({ remaining_uses }: TrustLink) => remaining_uses === null || remaining_uses > 0;

/** May a trust be handed on like this (trust/core.py, _validate_redelegation)? */
function mayBecome(parent: TrustLink, child: TrustLink, maxCount: number): boolean {
  const count = parent.redelegation_count ?? 0;
  if (count <= 0 || count > maxCount || child.remaining_uses !== null) return false;
  // A child without an end has its parent's; Python fails where only the child has one.
  if (child.expires_at !== null && (parent.expires_at === null || parent.expires_at < child.expires_at)) return false;
  if (child.impersonation && !parent.impersonation) return false;
  return child.role_ids.every((role) => parent.role_ids.includes(role));
}

const earliest = (chain: readonly TrustLink[]): number | null => {
  const ends = chain.map(({ expires_at }) => expires_at).filter((end) => end !== null);
  return ends.length > 0 ? Math.min(...ends) : null;
};

/** Null where the trust, or one that it was handed on from, is deleted or used up (trust/core.py, get_trust). */
function trustFrom({ chain, delegated }: TrustOnProject, maxCount: number): Trust | null {
  const [trust, ...parents] = chain;
  const origin = chain.at(-1);
  if (!trust || !origin || origin.redelegated_trust_id || !chain.every(usable)) return null;
  return {
    trustor_user_id: trust.trustor_user_id,
    trustee_user_id: trust.trustee_user_id,
    impersonation: trust.impersonation,
    expires_at: earliest(chain),
    original_trustor_user_id: origin.trustor_user_id,
    agent_user_ids: [...new Set(parents.map(({ trustee_user_id }) => trustee_user_id))],
    sound: parents.every((parent, at) => {
      const child = chain[at];
      return child !== undefined && mayBecome(parent, child, maxCount);
    }),
    role_ids: delegated.map(({ id }) => id),
  };
}

interface Answer {
  project: ProjectRef | null;
  domains: DomainRef[];
  trust: Trust | null;
  roles: Role[];
  grants: HeldRole[];
}

/** Answers `assignment.trust-on`. */
export async function trustOnProject(asked: Asked, { trusts, resolve, config }: AssignmentDeps): Promise<Answer> {
  const [found, known] = await Promise.all([
    resolve({ domains: asked.domain_ids.map((id) => ({ id })), projects: [{ id: asked.project_id }] }),
    trusts.onProject(asked.trust_id, asked.project_id),
  ]);
  return {
    project: found.projects[0] ?? null,
    domains: found.domains.filter((domain) => domain !== null),
    trust: trustFrom(known, config().trust.max_redelegation_count),
    roles: known.delegated.map(({ role }) => role).filter((role) => role !== null),
    grants: known.held,
  };
}
