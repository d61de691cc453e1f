import type { Config } from '@keystone/config';
import { isDuplicate, type Database } from '@keystone/database';
import { checkPassword, hashPassword } from '@keystone/password';
import { enabledNow, passwordExpired, type Circumstances } from './account.ts';
import { addLocalUser, enableLocalUser } from './local-user.store.ts';
import { passwordOptions } from './password-options.ts';
import { addPassword, type NewPassword } from './password.store.ts';
import { subjectStore, type SubjectRow } from './subject.store.ts';
import { dayOf, fromMs } from './time.ts';
import { optionsOf, type UserOptions } from './user-option.ts';

/** The user to be there. `now` in milliseconds since the epoch. */
export interface BootstrapUser {
  username: string;
  password: string;
  domainId: string;
  newId(): string;
  now: number;
}

const DAY_MS = 86_400_000;

/** A password set by an administrator (sql_model.py, User.password; sql.py, _change_password_required). */
async function newPassword(password: string, options: UserOptions, at: Circumstances): Promise<NewPassword> {
  const { change_password_upon_first_use: changeAtOnce, password_expires_days: days } = at.config.security_compliance;
  const createdAt = fromMs(at.now);
  const lasting =
    days && !options['ignore_password_expiry'] ? `${fromMs(at.now + days * DAY_MS).slice(0, 19)}.000000Z` : null;
  return {
    hash: await hashPassword(password, passwordOptions(at.config)),
    createdAt,
    expiresAt: changeAtOnce && options['ignore_change_password_upon_first_use'] !== true ? createdAt : lasting,
  };
}

/** Days are kept only where somebody asks how long a user has been idle. */
const activeDay = ({ config, now }: Circumstances): string | null =>
  config.security_compliance.disable_user_account_days_inactive ? dayOf(now) : null;

async function create(database: Database, user: BootstrapUser, at: Circumstances): Promise<string> {
  const id = user.newId();
  const password = await newPassword(user.password, {}, at);
  await database.transaction(async (tx) => {
    const { domainId, username: name } = user;
    const row = { id, domainId, name, createdAt: fromMs(at.now), lastActiveAt: activeDay(at) };
    await addPassword(tx, await addLocalUser(tx, row), password, 0);
  });
  return id;
}

async function mend(
  database: Database,
  { row, options, password }: { row: SubjectRow; options: UserOptions; password: string },
  at: Circumstances,
): Promise<void> {
  const { change_password_upon_first_use: changeAtOnce, unique_last_password_count: unique } =
    at.config.security_compliance;
  const fits = (await checkPassword(password, row.password_hash, passwordOptions(at.config))) === 'match';
  // One to be changed at once would only end at once again.
  const good = fits && (changeAtOnce || !passwordExpired(row, options, at.now));
  if (good && enabledNow(row, options, at)) return;
  const made = good ? null : await newPassword(password, options, at);
  await database.transaction(async (tx) => {
    await enableLocalUser(tx, row.id, activeDay(at));
    if (made && row.local_id !== null) await addPassword(tx, row.local_id, made, unique || 1);
  });
}

/**
 * Makes sure of a user who can log in with that password: made where there is none of that name, enabled and given the
 * password where it is another or has expired, else left alone (cmd/bootstrap.py, _bootstrap_admin_user).
 * @returns the user's id
 * @throws KeystoneError 403 for a password that is too long where that is strict
 */
export async function bootstrapUser(database: Database, config: Config, asked: BootstrapUser): Promise<string> {
  const user = { ...asked, username: asked.username.trim() };
  const at: Circumstances = { config, now: user.now };
  const subjects = subjectStore(database);
  const find = () => subjects.find({ name: user.username, domain_id: user.domainId });

  let row = await find();
  if (!row) {
    try {
      return await create(database, user, at);
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      row = await find();
      if (!row) throw error;
    }
  }
  const { options } = await subjects.surroundings(row.id);
  await mend(database, { row, options: optionsOf(options), password: user.password }, at);
  return row.id;
}
