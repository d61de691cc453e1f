import { column, key, nullable, type Database } from '@keystone/database';
import { EntitySchema } from 'typeorm';
import { oneOf, select, sql } from './sql.ts';
import { unionOf } from './union.ts';

type Any = Record<string, unknown>;

export const FederationProtocolTable = new EntitySchema<Any>({
  name: 'federation_protocol',
  columns: {
    id: key(column.text),
    idp_id: key(column.text),
    mapping_id: column.text,
    remote_id_attribute: nullable(column.text),
  },
});

export const MappingTable = new EntitySchema<Any>({
  name: 'mapping',
  columns: { id: key(column.text), rules: { type: 'text' }, schema_version: column.text },
});

interface Row {
  kind: 'provider' | 'protocol' | 'group';
  enabled: number;
  mapping_id: string;
  known_mapping: string | null;
  group_id: string;
}

/** What a federated token was issued by, as far as it is there. */
export interface Federation {
  enabled: boolean | null;
  protocol: { mappingId: string; mapped: boolean } | null;
  groupIds: string[];
}

export type FederationStore = ReturnType<typeof federationStore>;

export const federationStore = ({ manager }: Database) => ({
  async find(idpId: string, protocolId: string, groupIds: readonly string[]): Promise<Federation> {
    const rows = await select<Row>(
      manager,
      unionOf([
        { kind: 'provider', columns: { enabled: sql`enabled` }, from: sql`identity_provider WHERE id = ${idpId}` },
        {
          kind: 'protocol',
          columns: { mapping_id: sql`p.mapping_id`, known_mapping: sql`m.id` },
          from: sql`federation_protocol p LEFT JOIN mapping m ON m.id = p.mapping_id
            WHERE p.idp_id = ${idpId} AND p.id = ${protocolId}`,
        },
        { kind: 'group', columns: { group_id: sql`id` }, from: sql`\`group\` WHERE id IN ${oneOf(groupIds)}` },
      ]),
    );
    const provider = rows.find(({ kind }) => kind === 'provider');
    const protocol = rows.find(({ kind }) => kind === 'protocol');
    return {
      enabled: provider ? Boolean(provider.enabled) : null,
      protocol: protocol ? { mappingId: protocol.mapping_id, mapped: protocol.known_mapping !== null } : null,
      groupIds: rows.filter(({ kind }) => kind === 'group').map(({ group_id }) => group_id),
    };
  },
});
