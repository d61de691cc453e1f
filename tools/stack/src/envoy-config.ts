import { parse } from 'yaml';
import { SERVICES } from './part-names.ts';
import type { Ports } from './ports.ts';

interface SocketAddress {
  address: string;
  port_value: number;
}

interface Endpoint {
  address: { socket_address: SocketAddress };
  health_check_config?: { port_value?: number };
}

interface Cluster {
  name: string;
  type?: string;
  load_assignment?: { endpoints: { lb_endpoints: { endpoint: Endpoint }[] }[] };
}

/** As much of Envoy's Bootstrap message as is changed here. */
export interface EnvoyConfig {
  admin?: { address: { socket_address: SocketAddress } };
  static_resources: { listeners: { address: { socket_address: SocketAddress } }[]; clusters: Cluster[] };
}

interface Target {
  port: number;
  health?: number;
}

/**
 * Envoy's configuration as written for Compose, with its hosts (`token`, …, `python`) made ports of loopback, and its
 * listener and admin page put on the ports of the stack. Throws on a host that no part of a stack stands for.
 */
export function onLoopback(yaml: string, ports: Ports): EnvoyConfig {
  const config = parse(yaml) as EnvoyConfig;
  const { listeners, clusters } = config.static_resources;
  const [listener, ...others] = listeners;
  if (listener === undefined || others.length > 0) throw new Error('envoy.yaml must have one listener');
  listener.address.socket_address = loopback(ports.envoy);
  config.admin = { ...config.admin, address: { socket_address: loopback(ports.envoyAdmin) } };
  for (const cluster of clusters) moveToLoopback(cluster, targetsOf(ports));
  return config;
}

const loopback = (port: number): SocketAddress => ({ address: '127.0.0.1', port_value: port });

function targetsOf(ports: Ports): ReadonlyMap<string, Target> {
  const ours = SERVICES.map((name) => [name, { port: ports[name], health: ports.health[name] }] as const);
  return new Map<string, Target>([...ours, ['python', { port: ports.python }]]);
}

function moveToLoopback(cluster: Cluster, targets: ReadonlyMap<string, Target>): void {
  // An aggregate of other clusters has no address of its own.
  if (cluster.load_assignment === undefined) return;
  cluster.type = 'STATIC';
  for (const { endpoint } of cluster.load_assignment.endpoints.flatMap((each) => each.lb_endpoints)) {
    const host = endpoint.address.socket_address.address;
    const target = targets.get(host) ?? targets.get(cluster.name);
    if (target === undefined) throw new Error(`cluster ${cluster.name} leads to ${host}, which is no part of a stack`);
    endpoint.address.socket_address = loopback(target.port);
    if (endpoint.health_check_config?.port_value === undefined) continue;
    endpoint.health_check_config.port_value = target.health ?? target.port;
  }
}
