import type { TokenPayload } from '@keystone/fernet';
import type { Hints } from './hint.ts';
import type { Known } from './known.ts';
import { scopeOf } from './scope.ts';

/** Who else takes part in a token's trust: the trustor first. */
export function takingPart(payload: TokenPayload, { trust: answer }: Known, hints: Hints): readonly string[] {
  if (payload.kind !== 'trust') return [];
  if (!answer) return hints.of('trust', payload.trustId);
  if (!answer.trust) return [];
  const { trustor_user_id, original_trustor_user_id, agent_user_ids } = answer.trust;
  return [...new Set([trustor_user_id, original_trustor_user_id, ...agent_user_ids])];
}

/** Users that are to be asked for and have not been. */
export const peopleToAsk = (payload: TokenPayload, known: Known, hints: Hints): string[] =>
  [...new Set([payload.userId, ...takingPart(payload, known, hints)])].filter((id) => !known.people.has(id));

/** The domain of the token's scope, as far as it is known or likely. */
function domainOfScope(payload: TokenPayload, { project }: Known, hints: Hints): string | undefined {
  const scope = scopeOf(payload);
  if (!scope || 'system' in scope) return undefined;
  if ('domain_id' in scope) return scope.domain_id;
  return project?.domain.id ?? hints.of('project', scope.project_id)[0];
}

/** Domains of all these users that are to be asked for and have not been. The scope's own comes without being asked for. */
export function domainsToAsk(payload: TokenPayload, known: Known, hints: Hints): string[] {
  const given = domainOfScope(payload, known, hints);
  const domains = [payload.userId, ...takingPart(payload, known, hints)].map((id) => {
    const subject = known.people.get(id);
    return subject === undefined ? hints.of('user', id)[0] : subject?.domain_id;
  });
  return [...new Set(domains)].filter((id) => id !== undefined && id !== given && !known.domains.has(id)) as string[];
}

/** Roles of the application credential that nobody holds in its scope: are they there at all? */
function notHeld({ applicationCredential, grants }: Known): string[] {
  const held = new Set(grants.flatMap(({ roles }) => roles.map(({ id }) => id)));
  return (applicationCredential?.role_ids ?? []).filter((id) => !held.has(id));
}

/**
 * Roles that are to be asked for by id and have not been: all that an access token is limited to, for what they imply
 * counts too, and nothing but them; of an application credential those that its owner does not hold, to tell a lost role
 * from a deleted one.
 */
export function rolesToAsk(payload: TokenPayload, known: Known, hints: Hints): readonly string[] {
  const { askedRoles, accessToken, applicationCredential, placed } = known;
  if (payload.kind === 'oauth1') {
    const wanted = accessToken?.role_ids ?? hints.of('roles', payload.accessTokenId);
    return wanted.join() === askedRoles.join() ? [] : wanted;
  }
  if (payload.kind !== 'application-credential') return [];
  const likely = hints.of('roles', payload.applicationCredentialId);
  const wanted = placed && applicationCredential ? notHeld(known) : likely;
  return wanted.every((id) => askedRoles.includes(id)) ? [] : wanted;
}

/** Whose URLs the catalog is to show; undefined where that is not known yet. */
export const catalogUser = (payload: TokenPayload, known: Known, hints: Hints): string | undefined =>
  payload.kind === 'trust' ? takingPart(payload, known, hints)[0] : payload.userId;

/** Keeps what the next validation of such a token can ask for at once. */
export function learn(payload: TokenPayload, known: Known, hints: Hints): void {
  for (const [id, subject] of known.people) if (subject) hints.learn('user', id, [subject.domain_id]);
  if (known.project) hints.learn('project', known.project.id, [known.project.domain.id]);
  if (payload.kind === 'trust') hints.learn('trust', payload.trustId, takingPart(payload, known, hints));
  if (payload.kind === 'oauth1') hints.learn('roles', payload.accessTokenId, known.accessToken?.role_ids ?? []);
  if (payload.kind === 'application-credential') {
    hints.learn('roles', payload.applicationCredentialId, notHeld(known));
  }
}
