import { hashPassword } from '@keystone/password';
import type { Stack } from '@keystone/stack-tool';

/** What keystone.conf's default makes of a password. */
const ROUNDS = 12;

const ADMIN = "local_user_id IN (SELECT id FROM local_user WHERE name = 'admin' AND domain_id = 'default')";

/** Has the administrator's password hashed at the default cost while something is measured, then as it was. */
export async function withSlowLogin<T>(stack: Stack, work: (hash: string) => Promise<T>): Promise<T> {
  const { OS_PASSWORD: password = '' } = await stack.env();
  const hash = await hashPassword(password, { algorithm: 'bcrypt', rounds: ROUNDS, maxLength: 4096, strict: false });
  const set = (it: string) => stack.sql(`UPDATE password SET password_hash = '${it}' WHERE ${ADMIN}`);
  const rows = await stack.sql(
    `SELECT password_hash FROM password WHERE ${ADMIN} ORDER BY created_at_int DESC LIMIT 1`,
  );
  await set(hash);
  try {
    return await work(hash);
  } finally {
    await set(String(rows[0]?.['password_hash']));
  }
}
