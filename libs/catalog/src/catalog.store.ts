import { jsonText, type Database } from '@keystone/database';

/** An endpoint with its service, as the catalog needs them. */
export interface CatalogRow {
  service: { id: string; type: string | null; name: string; enabled: boolean };
  /** All that is known of it; null for a service that has none. */
  endpoint: CatalogEndpoint | null;
}

export interface CatalogEndpoint {
  id: string;
  url: string;
  enabled: boolean;
  region_id: string | null;
  service_id: string;
  legacy_endpoint_id: string | null;
  [attribute: string]: unknown;
}

/** What a project is given: one endpoint by its id, or all that fit a group's filters. */
export type Given = { endpoint_id: string } | { filters: Record<string, unknown> };

interface Row {
  service_id: string;
  type: string | null;
  service_enabled: number;
  service_extra: string | null;
  id: string | null;
  legacy_endpoint_id: string | null;
  interface: string;
  region_id: string | null;
  url: string;
  enabled: number;
  extra: string | null;
}

// Disabled ones too: whether a project is given anything at all depends on them (core.py, list_endpoints_for_project).
const ENDPOINTS = `SELECT service.id AS service_id, service.type, service.enabled AS service_enabled,
    service.extra AS service_extra, endpoint.id, endpoint.legacy_endpoint_id, endpoint.interface, endpoint.region_id,
    endpoint.url, endpoint.enabled, endpoint.extra
  FROM service LEFT JOIN endpoint ON endpoint.service_id = service.id
  ORDER BY service.id, endpoint.id`;

const GIVEN = `SELECT endpoint_id, NULL AS filters FROM project_endpoint WHERE project_id = ?
  UNION ALL
  SELECT NULL, endpoint_group.filters FROM project_endpoint_group
  JOIN endpoint_group ON endpoint_group.id = project_endpoint_group.endpoint_group_id
  WHERE project_endpoint_group.project_id = ?`;

const object = (text: string | null) => ((text && jsonText.from(text)) || {}) as Record<string, unknown>;

function catalogRow(row: Row): CatalogRow {
  const { service_id, type, service_enabled, service_extra, id, extra, enabled, ...columns } = row;
  const { name } = object(service_extra);
  return {
    service: { id: service_id, type, name: typeof name === 'string' ? name : '', enabled: Boolean(service_enabled) },
    endpoint: id === null ? null : { ...object(extra), ...columns, id, service_id, enabled: Boolean(enabled) },
  };
}

export type CatalogStore = ReturnType<typeof catalogStore>;

/** What a catalog is made of, in one statement each. */
export const catalogStore = ({ manager }: Database) => ({
  endpoints: async (): Promise<CatalogRow[]> => ((await manager.query(ENDPOINTS)) as Row[]).map(catalogRow),

  async givenTo(projectId: string): Promise<Given[]> {
    const rows: { endpoint_id: string | null; filters: string | null }[] = await manager.query(GIVEN, [
      projectId,
      projectId,
    ]);
    return rows.map(({ endpoint_id, filters }) =>
      endpoint_id === null ? { filters: object(filters) } : { endpoint_id },
    );
  },
});
