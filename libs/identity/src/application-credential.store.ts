import type { ApplicationCredential } from '@keystone/contracts';
import { column, key, nullable } from '@keystone/database';
import { EntitySchema } from 'typeorm';
import { sql } from './sql.ts';
import type { Branch } from './union.ts';

type Any = Record<string, unknown>;

const maybe = nullable(column.text);

export const ApplicationCredentialTable = new EntitySchema<Any>({
  name: 'application_credential',
  columns: {
    internal_id: column.serial,
    id: column.text,
    name: column.text,
    secret_hash: column.text,
    description: nullable({ type: 'text' }),
    user_id: column.text,
    project_id: maybe,
    expires_at: nullable(column.integer),
    system: maybe,
    unrestricted: nullable(column.flag),
  },
});

export const ApplicationCredentialRoleTable = new EntitySchema<Any>({
  name: 'application_credential_role',
  columns: { application_credential_id: key(column.integer), role_id: key(column.text) },
});

export const AccessRuleTable = new EntitySchema<Any>({
  name: 'access_rule',
  columns: { id: column.serial, service: maybe, path: maybe, method: maybe, external_id: maybe, user_id: maybe },
});

export const ApplicationCredentialAccessRuleTable = new EntitySchema<Any>({
  name: 'application_credential_access_rule',
  columns: { application_credential_id: key(column.integer), access_rule_id: key(column.integer) },
});

export interface ApplicationCredentialRow {
  kind: string;
  credential_id: string;
  credential_name: string;
  unrestricted: number | null;
  credential_role: string;
  rule_id: string | null;
  service: string | null;
  path: string | null;
  method: string | null;
}

/** An application credential with its roles and access rules, a row each. */
export const applicationCredentialOf = (id: string): Branch[] => [
  {
    kind: 'credential',
    columns: { credential_id: sql`id`, credential_name: sql`name`, unrestricted: sql`unrestricted` },
    from: sql`application_credential WHERE id = ${id}`,
  },
  {
    kind: 'credential role',
    columns: { credential_role: sql`r.role_id` },
    from: sql`application_credential c
      JOIN application_credential_role r ON r.application_credential_id = c.internal_id WHERE c.id = ${id}`,
  },
  {
    kind: 'access rule',
    columns: { rule_id: sql`r.external_id`, service: sql`r.service`, path: sql`r.path`, method: sql`r.method` },
    from: sql`application_credential c
      JOIN application_credential_access_rule a ON a.application_credential_id = c.internal_id
      JOIN access_rule r ON r.id = a.access_rule_id WHERE c.id = ${id}`,
  },
];

export function applicationCredentialFrom(rows: readonly ApplicationCredentialRow[]): ApplicationCredential | null {
  const found = rows.find(({ kind }) => kind === 'credential');
  if (!found) return null;
  const rules = rows
    .filter(({ kind }) => kind === 'access rule')
    .map(({ rule_id, service, path, method }) => ({ id: rule_id, service, path, method }));
  return {
    id: found.credential_id,
    name: found.credential_name,
    unrestricted: Boolean(found.unrestricted),
    role_ids: rows.filter(({ kind }) => kind === 'credential role').map(({ credential_role }) => credential_role),
    // No rules are no restriction (application_credential/backends/sql.py, _to_dict).
    access_rules: rules.length > 0 ? rules : null,
  };
}
