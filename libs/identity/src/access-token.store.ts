import type { AccessToken } from '@keystone/contracts';
import { column, jsonText, key, nullable } from '@keystone/database';
import { EntitySchema } from 'typeorm';
import { sql } from './sql.ts';
import type { Branch } from './union.ts';

type Any = Record<string, unknown>;

export const ConsumerTable = new EntitySchema<Any>({
  name: 'consumer',
  columns: {
    id: key(column.text),
    description: nullable(column.text),
    secret: column.text,
    extra: { type: 'text' },
  },
});

export const AccessTokenTable = new EntitySchema<Any>({
  name: 'access_token',
  columns: {
    id: key(column.text),
    access_secret: column.text,
    authorizing_user_id: column.text,
    project_id: column.text,
    role_ids: column.json,
    consumer_id: column.text,
    expires_at: nullable(column.text),
  },
});

export interface AccessTokenRow {
  kind: string;
  access_token_id: string;
  consumer_id: string;
  /** A JSON list, as Python wrote it. */
  access_role_ids: string;
}

export const accessTokenOf = (id: string): Branch => ({
  kind: 'access token',
  columns: { access_token_id: sql`id`, consumer_id: sql`consumer_id`, access_role_ids: sql`role_ids` },
  from: sql`access_token WHERE id = ${id}`,
});

export function accessTokenFrom(rows: readonly AccessTokenRow[]): AccessToken | null {
  const found = rows.find(({ kind }) => kind === 'access token');
  if (!found) return null;
  const roles = jsonText.from(found.access_role_ids);
  return {
    id: found.access_token_id,
    consumer_id: found.consumer_id,
    role_ids: Array.isArray(roles) ? roles.map(String) : [],
  };
}
