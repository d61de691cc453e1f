import { HAND_OVER } from '@keystone/errors';
import { stringify } from 'yaml';
import { listed, methodsOf, modules, type Listed } from './modules.ts';

const type = (name: string) => ({ '@type': `type.googleapis.com/envoy.${name}` });

/** Ports inside a container, of the API and of health: the same for every service. */
const API_PORT = 5000;
const HEALTH_PORT = 9000;

const pathMatch = (path: string) =>
  path.includes('{')
    ? {
        path_match_policy: {
          name: 'envoy.path.match.uri_template.uri_template_matcher',
          typed_config: {
            ...type('extensions.path.match.uri_template.v3.UriTemplateMatchConfig'),
            path_template: path,
          },
        },
      }
    : { path };

/**
 * The service's own cluster first, Python when that is unhealthy, resets, or hands the request over. A 503 is asked again
 * at Python only where nothing can have been written.
 */
const retry = (safe: boolean) => ({
  retry_on: [
    'connect-failure',
    'refused-stream',
    'reset-before-request',
    'retriable-headers',
    ...(safe ? ['reset', 'retriable-status-codes'] : []),
  ].join(','),
  ...(safe && { retriable_status_codes: [503] }),
  retriable_headers: [{ name: HAND_OVER, present_match: true }],
  num_retries: 3,
  retry_priority: {
    name: 'envoy.retry_priorities.previous_priorities',
    typed_config: {
      ...type('extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig'),
      update_frequency: 1,
    },
  },
});

function route({ operation, service, name }: Listed) {
  const methods = methodsOf(operation);
  const method = methods.length > 1 ? { safe_regex: { regex: methods.join('|') } } : { exact: operation.method };
  return {
    name: `${operation.method} ${operation.path}`,
    match: {
      ...pathMatch(operation.path),
      headers: [{ name: ':method', string_match: method }],
      // Hands back a part of the requests, or all, while Envoy runs: POST /runtime_modify?keystone.<name>=<percent>
      runtime_fraction: {
        default_value: { numerator: 100, denominator: 'HUNDRED' },
        runtime_key: `keystone.${name.replaceAll(' ', '_')}`,
      },
    },
    route: { cluster: `${service}_or_python`, timeout: '60s', retry_policy: retry(operation.method === 'GET') },
  };
}

const toPython = {
  name: 'python',
  match: { prefix: '/' },
  route: {
    cluster: 'python',
    timeout: '60s',
    retry_policy: { retry_on: 'connect-failure,refused-stream', num_retries: 2 },
  },
};

const endpoints = (cluster: string, health?: number) => ({
  cluster_name: cluster,
  endpoints: [
    {
      lb_endpoints: [
        {
          endpoint: {
            address: { socket_address: { address: cluster, port_value: API_PORT } },
            ...(health && { health_check_config: { port_value: health } }),
          },
        },
      ],
    },
  ],
});

const own = (name: string) => ({
  name,
  type: 'STRICT_DNS',
  connect_timeout: '0.25s',
  lb_policy: 'LEAST_REQUEST',
  load_assignment: endpoints(name, HEALTH_PORT),
  health_checks: [
    {
      timeout: '1s',
      interval: '1s',
      // A cluster without traffic is looked at once a minute unless told otherwise.
      no_traffic_interval: '1s',
      unhealthy_threshold: 2,
      healthy_threshold: 1,
      http_health_check: { path: '/readyz' },
    },
  ],
});

const python = {
  name: 'python',
  type: 'STRICT_DNS',
  connect_timeout: '1s',
  load_assignment: endpoints('python'),
};

const orPython = (name: string) => ({
  name: `${name}_or_python`,
  connect_timeout: '0.25s',
  lb_policy: 'CLUSTER_PROVIDED',
  cluster_type: {
    name: 'envoy.clusters.aggregate',
    typed_config: { ...type('extensions.clusters.aggregate.v3.ClusterConfig'), clusters: [name, 'python'] },
  },
});

const listener = (routes: readonly unknown[]) => ({
  name: 'public',
  address: { socket_address: { address: '0.0.0.0', port_value: API_PORT } },
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            ...type('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
            stat_prefix: 'public',
            use_remote_address: true,
            normalize_path: true,
            merge_slashes: false,
            // WSGI sees an escaped slash as a slash, so both sides must.
            path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD',
            generate_request_id: false,
            server_header_transformation: 'PASS_THROUGH',
            http_filters: [
              {
                name: 'envoy.filters.http.router',
                typed_config: { ...type('extensions.filters.http.router.v3.Router'), suppress_envoy_headers: true },
              },
            ],
            route_config: {
              name: 'keystone',
              virtual_hosts: [
                {
                  name: 'keystone',
                  domains: ['*'],
                  response_headers_to_remove: [HAND_OVER],
                  routes: [...routes, toPython],
                },
              ],
            },
          },
        },
      ],
    },
  ],
});

/**
 * Envoy's configuration: our operations to our services, everything else to Python Keystone.
 *
 * @param without operations to leave to Python: policy actions, or method and path of public ones
 * @throws where one of those is no operation of ours
 */
export function envoyConfig(without: readonly string[] = []): string {
  const unknown = without.find((name) => !listed.some((each) => each.name === name));
  if (unknown) throw new Error(`${unknown} is no operation: npm run operations lists them`);
  const routes = listed.filter(({ name }) => !without.includes(name)).map(route);
  const names = modules.map(({ name }) => name);
  const config = {
    admin: { address: { socket_address: { address: '0.0.0.0', port_value: 9901 } } },
    layered_runtime: {
      layers: [
        { name: 'static', static_layer: {} },
        { name: 'admin', admin_layer: {} },
      ],
    },
    static_resources: {
      listeners: [listener(routes)],
      clusters: [...names.map(own), python, ...names.map(orPython)],
    },
  };
  const head = '# Made by `npm run generate` from the operations. Not to be edited: see docs/envoy.md.\n';
  return head + stringify(config, { lineWidth: 120 });
}
