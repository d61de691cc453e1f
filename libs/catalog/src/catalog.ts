import { isDeepStrictEqual } from 'node:util';
import type { CatalogEntry } from '@keystone/contracts';
import type { CatalogEndpoint, CatalogRow, Given } from './catalog.store.ts';
import type { CatalogDeps } from './deps.ts';
import { fillUrl } from './url-template.ts';

/** Names whose absence is nobody's mistake: a scope that is no project. */
const OF_PROJECTS = new Set(['project_id', 'tenant_id']);

const isGiven = (endpoint: CatalogEndpoint, given: Given): boolean =>
  'endpoint_id' in given
    ? endpoint.id === given.endpoint_id
    : Object.entries(given.filters).every(([name, value]) => isDeepStrictEqual(endpoint[name], value));

/**
 * The endpoints that a project is given; null where it is given none, so that they are not filtered. A disabled one
 * counts: it is shown to nobody, but makes all others go (catalog/core.py, list_endpoints_for_project).
 */
function givenEndpoints(rows: readonly CatalogRow[], given: readonly Given[]): Set<string> | null {
  const ids = rows.flatMap(({ endpoint }) =>
    endpoint && given.some((one) => isGiven(endpoint, one)) ? [endpoint.id] : [],
  );
  return ids.length > 0 ? new Set(ids) : null;
}

interface Asked {
  user_id: string;
  project_id: string | null;
}

function substitutions({ user_id, project_id }: Asked, publicEndpoint: string | null): Map<string, string> {
  const always = [
    ['user_id', user_id],
    ['public_endpoint', publicEndpoint ?? 'None'],
  ] as const;
  const ofProject = [...OF_PROJECTS].map((name) => [name, project_id ?? ''] as const);
  return new Map(project_id ? [...always, ...ofProject] : always);
}

type Shown = Record<string, unknown>;

/** An endpoint as the catalog shows it, or none where its URL cannot be filled in (catalog/backends/sql.py). */
function shown(endpoint: CatalogEndpoint, values: ReadonlyMap<string, string>, log: CatalogDeps['log']): Shown[] {
  const { enabled: _, service_id: _service, legacy_endpoint_id: _legacy, ...rest } = endpoint;
  const filled = fillUrl(endpoint.url, values);
  if ('url' in filled) return [{ ...rest, region: endpoint.region_id, url: filled.url }];
  if ('malformed' in filled || !OF_PROJECTS.has(filled.missing)) {
    const reason = 'malformed' in filled ? 'its URL is malformed' : `its URL has the unknown name ${filled.missing}`;
    log.warn('an endpoint is left out of the catalog', { endpoint_id: endpoint.id, reason });
  }
  return [];
}

/**
 * The catalog of a scope (catalog/backends/sql.py, get_v3_catalog): enabled services, those without endpoints too unless
 * the project is given some in particular; of each its enabled endpoints, their URLs filled in.
 */
export async function catalogOf(asked: Asked, { catalog, config, log }: CatalogDeps): Promise<CatalogEntry[]> {
  const { DEFAULT, endpoint_filter } = config();
  const [rows, given] = await Promise.all([
    catalog.endpoints(),
    asked.project_id ? catalog.givenTo(asked.project_id) : [],
  ]);
  const only = givenEndpoints(rows, given);
  if (!only && !endpoint_filter.return_all_endpoints_if_no_filter) return [];

  const values = substitutions(asked, DEFAULT.public_endpoint);
  const entries = new Map<string, CatalogEntry>();
  for (const { service, endpoint } of rows) {
    if (!service.enabled) continue;
    const { id, type, name } = service;
    const entry = entries.get(id) ?? { id, type, name, endpoints: [] };
    entries.set(id, entry);
    if (endpoint?.enabled && (!only || only.has(endpoint.id))) entry.endpoints.push(...shown(endpoint, values, log));
  }
  return [...entries.values()].filter(({ endpoints }) => !only || endpoints.length > 0);
}
