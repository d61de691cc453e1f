import type { Subject } from '@keystone/contracts';
import { enabledNow, nameOf, shownExpiry, type Circumstances } from './account.ts';
import type { Bearing, Borne } from './bearer.store.ts';
import type { IdentityDeps } from './deps.ts';
import { membershipEnd } from './membership.ts';
import { requireSql } from './driver.ts';
import type { ServiceProvider, SubjectRow, Surroundings } from './subject.store.ts';
import { fromMs, toMs } from './time.ts';
import { optionsOf } from './user-option.ts';

const DAY = 86_400;

/** When time alone ends what is said here: a membership runs out, or a day more of inactivity counts. */
function untilOf({ expiring }: Surroundings, { config, now }: Circumstances): number | undefined {
  const ttl = config.federation.default_authorization_ttl;
  const ends = expiring.map((membership) => toMs(membershipEnd(membership, ttl)) / 1000);
  const days = config.security_compliance.disable_user_account_days_inactive;
  const midnight = days ? [Math.ceil((now + 1) / 1000 / DAY) * DAY] : [];
  const to = [...ends.filter((end) => end * 1000 > now), ...midnight];
  return to.length > 0 ? Math.min(...to) : undefined;
}

/** Groups that the user is in now: those he was put in, and those of federation that have not ended. */
export function groupsNow({ groupIds, expiring }: Surroundings, { config, now }: Circumstances): string[] {
  const ttl = config.federation.default_authorization_ttl;
  const standing = expiring.filter((membership) => membershipEnd(membership, ttl) > fromMs(now));
  return [...new Set([...groupIds, ...standing.map(({ group_id }) => group_id)])];
}

export function subjectFrom(row: SubjectRow, surroundings: Surroundings, circumstances: Circumstances): Subject {
  const options = optionsOf(surroundings.options);
  const until = untilOf(surroundings, circumstances);
  return {
    id: row.id,
    name: nameOf(row) ?? '',
    domain_id: row.domain_id,
    enabled: enabledNow(row, options, circumstances) === true,
    default_project_id: row.default_project_id,
    password_expires_at: shownExpiry(row),
    options,
    group_ids: groupsNow(surroundings, circumstances),
    local_id: row.local_id,
    ...(until !== undefined && { until }),
  };
}

interface Asked extends Borne {
  user_id: string;
  other_user_ids?: readonly string[];
}

interface Answer extends Omit<Bearing, 'of'> {
  subject: Subject | null;
  service_providers: ServiceProvider[];
  others?: Subject[];
}

/** Answers `identity.subject-of`. */
export async function subjectOfToken(
  { user_id, other_user_ids, ...borne }: Asked,
  { subjects, bearers, config, now }: IdentityDeps,
): Promise<Answer> {
  requireSql(config());
  const ids = [...new Set([user_id, ...(other_user_ids ?? [])])];
  const [rows, { of, ...found }] = await Promise.all([subjects.findAll(ids), bearers.around(ids, borne)]);
  const circumstances = { config: config(), now: now() };
  const people = new Map(rows.map((row) => [row.id, subjectFrom(row, of(row.id), circumstances)]));
  const others = other_user_ids?.map((id) => people.get(id)).filter((subject) => subject !== undefined);
  return {
    subject: people.get(user_id) ?? null,
    service_providers: of(user_id).serviceProviders,
    ...(others && { others }),
    ...found,
  };
}

/** Answers `identity.groups-of`. */
export async function groupsOfUser(userId: string, { subjects, config, now }: IdentityDeps): Promise<string[]> {
  requireSql(config());
  return groupsNow(await subjects.surroundings(userId), { config: config(), now: now() });
}
