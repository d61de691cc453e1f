import type { Database } from '@keystone/database';
import { execute, sql, type Value } from './sql.ts';

/** Rows for tests, by table: what is left out is NULL, or what the schema makes of it. */
export async function insert({ manager }: Database, table: string, ...rows: Record<string, Value>[]): Promise<void> {
  for (const row of rows) {
    const names = Object.keys(row).map((name) => `\`${name}\``);
    const places = names.map(() => '?').join(', ');
    const text = `INSERT INTO \`${table}\` (${names.join(', ')}) VALUES (${places})`;
    await execute(manager, { text, values: Object.values(row) });
  }
}

/** A user as Python would have made him. */
export interface Person {
  id: string;
  name: string;
  domain_id?: string;
  enabled?: boolean | null;
  extra?: string | null;
  hash?: string | null;
  /** Microseconds since the epoch. */
  expires?: number | null;
  default_project_id?: string | null;
  created_at?: string;
  last_active_at?: string | null;
  options?: Record<string, unknown>;
}

const flag = (value: boolean | null) => (value === null ? null : Number(value));

const twin = (microseconds: number | null) =>
  microseconds === null ? null : new Date(microseconds / 1000).toISOString().slice(0, 19).replace('T', ' ');

const OPTION_IDS: Record<string, string> = {
  ignore_change_password_upon_first_use: '1000',
  ignore_password_expiry: '1001',
  ignore_lockout_failure_attempts: '1002',
  lock_password: '1003',
  ignore_user_inactivity: '1004',
  multi_factor_auth_rules: 'MFAR',
  multi_factor_auth_enabled: 'MFAE',
};

/** Made at this moment, in microseconds since the epoch. */
const CREATED = 1_700_000_000_123_456;

export async function addPassword(
  database: Database,
  userId: string,
  { hash, expires = null, created = CREATED }: { hash: string | null; expires?: number | null; created?: number },
): Promise<void> {
  const times = [twin(created), created, twin(expires), expires];
  await execute(
    database.manager,
    sql`INSERT INTO password (local_user_id, password_hash, created_at, created_at_int, expires_at, expires_at_int)
    SELECT id, ${hash}, ${times[0] ?? null}, ${times[1] ?? null}, ${times[2] ?? null}, ${times[3] ?? null}
    FROM local_user WHERE user_id = ${userId}`,
  );
}

export async function addPerson(database: Database, person: Person): Promise<void> {
  const { id, name, domain_id = 'default', enabled = true, extra = '{}', hash, expires = null } = person;
  const { default_project_id = null, created_at = '2026-01-01 00:00:00', last_active_at = null } = person;
  const active = { created_at, last_active_at };
  await insert(database, 'user', { id, domain_id, enabled: flag(enabled), extra, default_project_id, ...active });
  await insert(database, 'local_user', { user_id: id, domain_id, name });
  if (hash !== undefined) await addPassword(database, id, { hash, expires });
  for (const [option, value] of Object.entries(person.options ?? {})) {
    const option_id = OPTION_IDS[option] ?? option;
    await insert(database, 'user_option', { user_id: id, option_id, option_value: JSON.stringify(value) });
  }
}

/** A user known by an identity provider only, and the provider where it is missing. */
export async function addFederated(
  database: Database,
  {
    id,
    display_name,
    idp = 'idp',
    ttl = null,
  }: { id: string; display_name: string; idp?: string; ttl?: number | null },
): Promise<void> {
  await addProvider(database, idp, ttl);
  await insert(database, 'user', { id, domain_id: 'federated', enabled: 1, extra: '{}' });
  await identify(database, id, { idp, unique_id: `${id}-unique`, display_name });
}

export async function addProvider(database: Database, idp: string, ttl: number | null): Promise<void> {
  await insert(database, 'identity_provider', { id: idp, enabled: 1, domain_id: 'federated', authorization_ttl: ttl });
  await insert(database, 'federation_protocol', { id: 'mapped', idp_id: idp, mapping_id: 'rules' });
}

export const identify = (
  database: Database,
  user_id: string,
  { idp, unique_id, display_name }: { idp: string; unique_id: string; display_name: string },
): Promise<void> =>
  insert(database, 'federated_user', { user_id, idp_id: idp, protocol_id: 'mapped', unique_id, display_name });

export async function addGroup(
  database: Database,
  { id, members = [], ...fields }: { id: string; name: string; members?: string[]; domain_id?: string; extra?: string },
): Promise<void> {
  await insert(database, 'group', { id, domain_id: 'default', extra: '{}', ...fields });
  await insert(database, 'user_group_membership', ...members.map((user_id) => ({ user_id, group_id: id })));
}

export const addServiceProvider = (database: Database, id: string, enabled: boolean): Promise<void> =>
  insert(database, 'service_provider', {
    id,
    enabled: flag(enabled),
    auth_url: 'http://auth',
    sp_url: 'http://sp',
    relay_state_prefix: 'ss:mem:',
  });
