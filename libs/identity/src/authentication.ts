import type { Subject } from '@keystone/contracts';
import { timeText } from '@keystone/database';
import { KeystoneError, unauthorized } from '@keystone/errors';
import type { Verdict } from '@keystone/password';
import { enabledNow, passwordExpired, type Circumstances } from './account.ts';
import type { Failures } from './authentication.store.ts';
import type { IdentityDeps } from './deps.ts';
import { requireSql } from './driver.ts';
import { passwordOptions } from './password-options.ts';
import type { ServiceProvider, SubjectKey, SubjectRow } from './subject.store.ts';
import { subjectFrom } from './subject.ts';
import { dayOf, fromMs, toMs } from './time.ts';
import { optionsOf, type UserOptions } from './user-option.ts';

/** A login as far as it has come. */
interface Attempt {
  row: SubjectRow & { local_id: number };
  options: UserOptions;
  verdict: Verdict;
}

/** Too many wrong passwords, and the last of them not long enough ago (identity/backends/sql.py, _is_account_locked). */
export function lockedOut(failures: Failures, { config, now }: Circumstances): boolean {
  const { lockout_failure_attempts: most, lockout_duration: seconds } = config.security_compliance;
  if (!most || (failures.failed_auth_count ?? 0) < most) return false;
  if (!seconds || failures.failed_auth_at === null) return true;
  return toMs(timeText.from(failures.failed_auth_at)) + seconds * 1000 > now;
}

const mayBeLocked = (options: UserOptions, { config }: Circumstances): boolean =>
  Boolean(config.security_compliance.lockout_failure_attempts) && options['ignore_lockout_failure_attempts'] !== true;

/** When a lockout must have begun to be over by now; null where lockouts never end, or there are none. */
function lockoutOver(options: UserOptions, circumstances: Circumstances) {
  const { lockout_failure_attempts: most, lockout_duration: seconds } = circumstances.config.security_compliance;
  if (!most || !seconds || !mayBeLocked(options, circumstances)) return null;
  return { most, since: fromMs(circumstances.now - seconds * 1000) };
}

/** Refuses and counts what does not fit, in Python's order: lockout, password, expiry. The disabled come never so far. */
async function judge({ row, options, verdict }: Attempt, circumstances: Circumstances, deps: IdentityDeps) {
  const { authentications, log } = deps;
  const { now } = circumstances;
  const lockable = mayBeLocked(options, circumstances);
  if (lockable && lockedOut(row, circumstances)) unauthorized(`The account of user ${row.id} is locked.`);
  if (verdict === 'malformed-hash' || verdict === 'unsupported-scheme') {
    log.error('a stored password hash cannot be checked', { user_id: row.id, verdict });
    unauthorized(`The password hash of user ${row.id} cannot be checked: ${verdict}.`);
  }
  if (verdict !== 'match') {
    await authentications.recordFailure(row.local_id, fromMs(now), lockoutOver(options, circumstances));
    unauthorized(`Wrong password of user ${row.id}.`);
  }
  // While this one was checked, others may have failed: of many guesses at once not more count than one after another.
  if (lockable && lockedOut(await authentications.failures(row.local_id), circumstances)) {
    unauthorized(`The account of user ${row.id} is locked.`);
  }
  if (passwordExpired(row, options, now)) {
    throw new KeystoneError(401, `The password is expired and needs to be changed for user: ${row.id}.`);
  }
}

async function remember({ row }: Attempt, { now }: Circumstances, { authentications }: IdentityDeps): Promise<void> {
  const today = dayOf(now);
  await Promise.all([
    row.failed_auth_count ? authentications.forgetFailures(row.local_id) : undefined,
    row.last_active_at === today ? undefined : authentications.active(row.id, today),
  ]);
}

/**
 * Answers `identity.authenticate` (identity/core.py and identity/backends/sql.py, authenticate). A user who is unknown,
 * disabled, locked out, or has no password costs as much time as one whose password is wrong.
 * @throws 401, 403 for a password that is too long where that is strict
 */
export async function authenticateUser(
  { user, password }: { user: SubjectKey; password: string },
  deps: IdentityDeps,
): Promise<{ subject: Subject; service_providers: ServiceProvider[] }> {
  const { subjects, decoy, passwords } = deps;
  const circumstances: Circumstances = { config: deps.config(), now: deps.now() };
  const { config } = circumstances;
  requireSql(config);

  const row = await subjects.find(user);
  const hash = row?.password_hash ?? null;
  const [checked, surroundings] = await Promise.all([
    passwords.check(password, hash ?? decoy(config), passwordOptions(config)),
    row && subjects.surroundings(row.id),
  ]);
  if (!row || !surroundings) return unauthorized('There is no such user.');
  if (row.local_id === null) return unauthorized(`User ${row.id} is not one of this database.`);
  const options = optionsOf(surroundings.options);
  if (!enabledNow(row, options, circumstances)) unauthorized(`User ${row.id} is disabled.`);

  const attempt: Attempt = {
    row: { ...row, local_id: row.local_id },
    options,
    verdict: hash === null ? 'no-hash' : checked,
  };
  await judge(attempt, circumstances, deps);
  await remember(attempt, circumstances, deps);
  return {
    subject: subjectFrom(row, surroundings, circumstances),
    service_providers: surroundings.serviceProviders,
  };
}
