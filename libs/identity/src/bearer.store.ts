import type { AccessToken, ApplicationCredential } from '@keystone/contracts';
import type { Database } from '@keystone/database';
import { accessTokenFrom, accessTokenOf, type AccessTokenRow } from './access-token.store.ts';
import {
  applicationCredentialFrom,
  applicationCredentialOf,
  type ApplicationCredentialRow,
} from './application-credential.store.ts';
import { select, sql } from './sql.ts';
import { surroundingsFrom, surroundingsOf, type SurroundingRow, type Surroundings } from './subject.store.ts';
import { unionOf, type Branch } from './union.ts';

/** What a token names besides its user. */
export interface Borne {
  application_credential_id?: string;
  access_token_id?: string;
  identity_provider_id?: string;
}

interface ProviderRow {
  kind: string;
  identity_provider_id: string;
  identity_provider_enabled: number;
}

type Row = SurroundingRow & ApplicationCredentialRow & AccessTokenRow & ProviderRow;

/** What there is of that; a member is missing where it was not asked for. */
export interface Bearing {
  of(userId: string): Surroundings;
  application_credential?: ApplicationCredential | null;
  access_token?: AccessToken | null;
  identity_provider?: { id: string; enabled: boolean } | null;
}

const providerOf = (id: string): Branch => ({
  kind: 'identity provider',
  columns: { identity_provider_id: sql`id`, identity_provider_enabled: sql`enabled` },
  from: sql`identity_provider WHERE id = ${id}`,
});

function providerFrom(rows: readonly ProviderRow[]): { id: string; enabled: boolean } | null {
  const found = rows.find(({ kind }) => kind === 'identity provider');
  return found ? { id: found.identity_provider_id, enabled: Boolean(found.identity_provider_enabled) } : null;
}

export type BearerStore = ReturnType<typeof bearerStore>;

/** What belongs to users, and what else a token depends on, in one statement. */
export const bearerStore = ({ manager }: Database) => ({
  async around(userIds: readonly string[], borne: Borne): Promise<Bearing> {
    const { application_credential_id, access_token_id, identity_provider_id } = borne;
    const branches = [
      ...surroundingsOf(userIds),
      ...(application_credential_id ? applicationCredentialOf(application_credential_id) : []),
      ...(access_token_id ? [accessTokenOf(access_token_id)] : []),
      ...(identity_provider_id ? [providerOf(identity_provider_id)] : []),
    ];
    const rows = await select<Row>(manager, unionOf(branches));
    return {
      of: (userId) => surroundingsFrom(rows, userId),
      ...(application_credential_id && { application_credential: applicationCredentialFrom(rows) }),
      ...(access_token_id && { access_token: accessTokenFrom(rows) }),
      ...(identity_provider_id && { identity_provider: providerFrom(rows) }),
    };
  },
});
