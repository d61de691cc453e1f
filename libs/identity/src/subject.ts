import type { Subject } from '@keystone/contracts';
import { enabledNow, nameOf, shownExpiry, type Circumstances } from './account.ts';
import type { IdentityDeps } from './deps.ts';
import { membershipEnd } from './membership.ts';
import { requireSql } from './driver.ts';
import type { ServiceProvider, SubjectRow, Surroundings } from './subject.store.ts';
import { fromMs } from './time.ts';
import { optionsOf } from './user-option.ts';

/** Groups that the user is in now: those he was put in, and those of federation that have not ended. */
export function groupsNow({ groupIds, expiring }: Surroundings, { config, now }: Circumstances): string[] {
  const ttl = config.federation.default_authorization_ttl;
  const standing = expiring.filter((membership) => membershipEnd(membership, ttl) > fromMs(now));
  return [...new Set([...groupIds, ...standing.map(({ group_id }) => group_id)])];
}

export function subjectFrom(row: SubjectRow, surroundings: Surroundings, circumstances: Circumstances): Subject {
  const options = optionsOf(surroundings.options);
  return {
    id: row.id,
    name: nameOf(row) ?? '',
    domain_id: row.domain_id,
    enabled: enabledNow(row, options, circumstances) === true,
    default_project_id: row.default_project_id,
    password_expires_at: shownExpiry(row),
    options,
    group_ids: groupsNow(surroundings, circumstances),
  };
}

/** Answers `identity.subject-of`. */
export async function subjectOfToken(
  userId: string,
  { subjects, config, now }: IdentityDeps,
): Promise<{ subject: Subject | null; service_providers: ServiceProvider[] }> {
  requireSql(config());
  const [row, surroundings] = await Promise.all([subjects.find({ id: userId }), subjects.surroundings(userId)]);
  const subject = row ? subjectFrom(row, surroundings, { config: config(), now: now() }) : null;
  return { subject, service_providers: surroundings.serviceProviders };
}

/** Answers `identity.groups-of`. */
export async function groupsOfUser(userId: string, { subjects, config, now }: IdentityDeps): Promise<string[]> {
  requireSql(config());
  return groupsNow(await subjects.surroundings(userId), { config: config(), now: now() });
}
