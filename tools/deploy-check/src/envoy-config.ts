/** As much of envoy.yaml as a deployment must agree with. */
export interface EnvoyConfig {
  admin: { address: Address };
  static_resources: { listeners: { address: Address }[]; clusters: Cluster[] };
}

interface Address {
  socket_address: { address: string; port_value: number };
}

interface Cluster {
  name: string;
  /** None in an aggregate of others. */
  load_assignment?: {
    endpoints: { lb_endpoints: { endpoint: { address: Address; health_check_config?: { port_value: number } } }[] }[];
  };
  health_checks?: { http_health_check: { path: string } }[];
}
