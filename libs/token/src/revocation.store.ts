import { column, nullable, timeText, type Database } from '@keystone/database';
import type { TokenPayload } from '@keystone/fernet';
import { EntitySchema, LessThan } from 'typeorm';
import { isoTime } from './clock.ts';
import type { RevocationEvent } from './revocation.ts';

interface RevocationRow {
  id: number;
  domain_id: string | null;
  project_id: string | null;
  user_id: string | null;
  role_id: string | null;
  trust_id: string | null;
  consumer_id: string | null;
  access_token_id: string | null;
  issued_before: string;
  expires_at: string | null;
  revoked_at: string;
  audit_id: string | null;
  audit_chain_id: string | null;
}

const text = nullable(column.text);

export const RevocationEventTable = new EntitySchema<RevocationRow>({
  name: 'revocation_event',
  columns: {
    id: column.serial,
    domain_id: text,
    project_id: text,
    user_id: text,
    role_id: text,
    trust_id: text,
    consumer_id: text,
    access_token_id: text,
    issued_before: column.time,
    expires_at: nullable(column.time),
    revoked_at: column.time,
    audit_id: text,
    audit_chain_id: text,
  },
});

/** What an event says is revoked; the rest of its columns stay NULL. */
export type Revoked = Partial<Pick<RevocationRow, 'user_id' | 'project_id' | 'audit_id' | 'audit_chain_id'>>;

/** When events are written, and how long they matter: seconds. */
export interface Occasion {
  now(): number;
  config(): { token: { expiration: number }; revoke: { expiration_buffer: number } };
}

const seconds = (time: string | null) => (time === null ? null : Date.parse(time) / 1000);

export type RevocationStore = ReturnType<typeof revocationStore>;

export function revocationStore({ manager, transaction }: Database) {
  return {
    /**
     * Events that may concern a token: not older than it, and none that names another user, project, audit id or trust
     * (revoke/backends/sql.py). What else they name is compared in memory.
     *
     * @param people whose events end the token: its user, and the trustor of its trust
     */
    async thatMayMatch(payload: TokenPayload, people: readonly string[]): Promise<RevocationEvent[]> {
      const projectId = 'projectId' in payload ? (payload.projectId ?? null) : null;
      const trustId = payload.kind === 'trust' ? payload.trustId : null;
      const rows = await manager
        .createQueryBuilder(RevocationEventTable, 'event')
        .where('event.issued_before >= :issuedAt', { issuedAt: timeText.to(isoTime(payload.issuedAt)) })
        .andWhere('(event.user_id IS NULL OR event.user_id IN (:...people))', { people })
        .andWhere('(event.project_id IS NULL OR event.project_id = :projectId)', { projectId })
        .andWhere('(event.audit_id IS NULL OR event.audit_id = :auditId)', { auditId: payload.auditIds[0] ?? null })
        .andWhere('(event.trust_id IS NULL OR event.trust_id = :trustId)', { trustId })
        .getMany();
      return rows.map((row) => ({ ...row, expires_at: seconds(row.expires_at) }));
    },

    /** Writes events as of now and drops those that no living token can match, as Python does with every event. */
    async add(revoked: readonly Revoked[], { now, config }: Occasion): Promise<void> {
      const { token, revoke } = config();
      const at = isoTime(now());
      const oldest = isoTime(now() - token.expiration - revoke.expiration_buffer);
      await transaction(async (tx) => {
        await tx.insert(
          RevocationEventTable,
          revoked.map((event) => ({ ...event, issued_before: at, revoked_at: at })),
        );
        await tx.delete(RevocationEventTable, { revoked_at: LessThan(oldest) });
      });
    },
  };
}
