import { join } from 'node:path';
import type { PythonKeystone } from './install.ts';
import { confFile, databaseUrl, natsUrl } from './keystone-conf.ts';
import { adminUrl } from './mariadb.ts';
import type { Context } from './part.ts';
import { SERVICES, type ServiceName } from './part-names.ts';
import { REGION } from './provision.ts';

/** Where everything of a stack is, whether or not it runs. HTTP addresses have no slash at their end. */
export interface StackUrls {
  /** Envoy: what clients speak to. */
  envoy: string;
  envoyAdmin: string;
  python: string;
  services: Record<ServiceName, string>;
  /** Where the services answer `/readyz`, `/metrics`. */
  health: Record<ServiceName, string>;
  /** As SQLAlchemy writes it, of the account that has Keystone's database. */
  database: string;
  /** `mysql://`, of the account that may do everything. */
  mysql: string;
  nats: string;
  natsMonitor: string;
  /** `host:port` */
  memcached: string;
}

export function urlsOf(context: Context): StackUrls {
  const { ports } = context.state;
  const http = (port: number) => `http://127.0.0.1:${port}`;
  const each = (portsOfServices: Record<ServiceName, number>) =>
    Object.fromEntries(SERVICES.map((name) => [name, http(portsOfServices[name])])) as Record<ServiceName, string>;
  return {
    envoy: http(ports.envoy),
    envoyAdmin: http(ports.envoyAdmin),
    python: http(ports.python),
    services: each(ports),
    health: each(ports.health),
    database: databaseUrl(context),
    mysql: adminUrl(context),
    nats: natsUrl(context),
    natsMonitor: http(ports.natsMonitor),
    memcached: `127.0.0.1:${ports.memcached}`,
  };
}

/** The environment in which a client, or a test, finds the stack: `OS_*` of the administrator, `KTS_STACK_*`. */
export function environmentOf(context: Context, keystone: PythonKeystone): Record<string, string> {
  const urls = urlsOf(context);
  const services = SERVICES.flatMap((name) => [
    [`KTS_STACK_${name.toUpperCase()}_URL`, urls.services[name]],
    [`KTS_STACK_${name.toUpperCase()}_HEALTH_URL`, urls.health[name]],
  ]);
  return {
    ...administrator(context),
    KTS_STACK_DIR: context.folder,
    KTS_STACK_CONF: confFile(context),
    KTS_STACK_ENVOY_URL: urls.envoy,
    KTS_STACK_ENVOY_ADMIN_URL: urls.envoyAdmin,
    KTS_STACK_PYTHON_URL: urls.python,
    ...(Object.fromEntries(services) as Record<string, string>),
    KTS_STACK_DATABASE_URL: urls.database,
    KTS_STACK_MYSQL_URL: urls.mysql,
    KTS_STACK_MYSQL_DEFAULTS: join(context.folder, 'mariadb', 'client.cnf'),
    KTS_STACK_NATS_URL: urls.nats,
    KTS_STACK_NATS_MONITOR_URL: urls.natsMonitor,
    KTS_STACK_MEMCACHED: urls.memcached,
    KEYSTONE_PYTHON: keystone.python,
  };
}

function administrator(context: Context): Record<string, string> {
  return {
    OS_AUTH_URL: `${urlsOf(context).envoy}/v3`,
    OS_USERNAME: 'admin',
    OS_PASSWORD: context.state.secrets.admin,
    OS_PROJECT_NAME: 'admin',
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_IDENTITY_API_VERSION: '3',
    OS_REGION_NAME: REGION,
  };
}

/** As lines for a shell to evaluate. */
export function exportsOf(environment: Readonly<Record<string, string>>): string {
  const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
}
