import { ask } from '@keystone/bus';
import { authenticate } from '@keystone/contracts';
import type { Kind } from '@keystone/database';
import { hashPassword } from '@keystone/password';
import { testApi, type Settings } from '@keystone/testing';
import { identity } from './index.ts';
import { addPerson, type Person } from './people.fixture.ts';
import { select, sql } from './sql.ts';

export const NOW = Date.parse('2026-03-01T12:00:00Z');
export const DAY_MS = 86_400_000;
/** The password of everybody that {@link loginApi} makes. */
export const RIGHT = 'correct horse';

/** Hashes that cost little, room for many at once, and rules of security compliance. */
export const settings = (security_compliance: Settings['security_compliance'] = {}): Settings => ({
  identity: { password_hash_algorithm: 'pbkdf2_sha512', password_hash_rounds: 10 },
  kts: { hash_queue: 1000 },
  security_compliance,
});

/** An identity service to log in to, with a clock that is set by hand. */
export async function loginApi(kind: Kind) {
  let now = NOW;
  let count = 0;
  const hash = await hashPassword(RIGHT, { algorithm: 'pbkdf2_sha512', maxLength: 4096, strict: false, rounds: 10 });
  const api = await testApi([identity], { kind, settings: settings(), clock: () => now });
  return {
    ...api,
    hash,
    /** It is so many milliseconds later than {@link NOW}. */
    later: (ms: number) => void (now = NOW + ms),
    /** Somebody new who can log in, unless the fields say otherwise; his id. */
    async person(fields: Partial<Person> = {}): Promise<string> {
      const id = `user-${++count}`;
      await addPerson(api.database, { id, name: `name-${count}`, hash, ...fields });
      return id;
    },
    attempt: (id: string, password: string) => ask(api.bus, authenticate, { user: { id }, password }),
    /** The status of an attempt. */
    login: (id: string, password: string) =>
      ask(api.bus, authenticate, { user: { id }, password }).then(
        () => 200,
        ({ status }: { status: number }) => status,
      ),
    async failures(id: string) {
      const rows = await select<{ failed_auth_count: number | null; failed_auth_at: string | null }>(
        api.database.manager,
        sql`SELECT failed_auth_count, failed_auth_at FROM local_user WHERE user_id = ${id}`,
      );
      return rows[0];
    },
  };
}

export type LoginApi = Awaited<ReturnType<typeof loginApi>>;
