import { addressFrom, type Address } from './address.ts';

/** Of `[cache]` what decides where Python keeps what; times are seconds (oslo_cache/_opts.py). */
export interface CacheOptions {
  enabled: boolean;
  backend: string;
  backend_argument: readonly string[];
  memcache_servers: readonly string[];
  memcache_sasl_enabled: boolean;
  username: string | null;
  password: string | null;
  socket_timeout: number;
  tls_enabled: boolean;
  tls_cafile: string | null;
  tls_certfile: string | null;
  tls_keyfile: string | null;
  tls_allowed_ciphers: string | null;
}

/** PEM files, read anew for each connection, so that renewed ones hold without a restart. */
export interface TlsFiles {
  ca: string | null;
  cert: string | null;
  key: string | null;
  /** As OpenSSL lists them. */
  ciphers: string | null;
}

/** One memcached and how to speak to it. */
export interface ServerPlan {
  /** As configured. */
  name: string;
  address: Address;
  /** Python's binary clients are understood, and SASL exists, only in the binary protocol. */
  protocol: 'text' | 'binary';
  sasl: { username: string; password: string } | null;
  tls: TlsFiles | null;
  /** How long the server may take to do what one request asks of it, in milliseconds. */
  timeout: number;
}

export type Plan =
  | { kind: 'off' }
  /** Python keeps things where nobody else can drop them. */
  | { kind: 'unreachable'; backend: string }
  | { kind: 'memcached'; servers: ServerPlan[] };

const POOL = 'oslo_cache.memcache_pool';
const BINARY = 'dogpile.cache.bmemcached';
const COMMA_SEPARATED = ['dogpile.cache.memcached', POOL];
const MEMCACHED = [...COMMA_SEPARATED, BINARY, 'dogpile.cache.pymemcache', 'dogpile.cache.pylibmc'];

/** `[cache] backend_argument = url:…` goes before the list of servers (oslo_cache/core.py, _build_cache_config). */
function serverNames({ backend, backend_argument, memcache_servers }: CacheOptions): string[] {
  const url = backend_argument.findLast((argument) => argument.startsWith('url:'))?.slice('url:'.length);
  if (url === undefined) return [...memcache_servers];
  return COMMA_SEPARATED.includes(backend) ? url.split(',') : [url];
}

/** Whether a backend logs in, and as whom (oslo_cache/backends/memcache_pool.py, dogpile's BMemcachedBackend). */
function saslOf({ backend, memcache_sasl_enabled, username, password }: CacheOptions): ServerPlan['sasl'] {
  const wanted = backend === BINARY || (backend === POOL && memcache_sasl_enabled);
  return wanted && username && password ? { username, password } : null;
}

const tlsOf = (options: CacheOptions): TlsFiles | null =>
  options.tls_enabled
    ? {
        ca: options.tls_cafile,
        cert: options.tls_certfile,
        key: options.tls_keyfile ?? options.tls_certfile,
        ciphers: options.tls_allowed_ciphers,
      }
    : null;

/**
 * Where Python Keystone keeps what, by its configuration.
 * @throws where a server's address cannot be read
 */
export function planOf(options: CacheOptions): Plan {
  const { enabled, backend, socket_timeout } = options;
  if (!enabled || backend === 'dogpile.cache.null') return { kind: 'off' };
  if (!MEMCACHED.includes(backend)) return { kind: 'unreachable', backend };
  const sasl = saslOf(options);
  const tls = tlsOf(options);
  const protocol = backend === BINARY || (backend === POOL && (sasl !== null || tls !== null)) ? 'binary' : 'text';
  const timeout = (socket_timeout > 0 ? socket_timeout : 1) * 1000;
  const servers = [...new Set(serverNames(options).map((name) => name.trim()))].filter(Boolean);
  return {
    kind: 'memcached',
    servers: servers.map((name) => ({ name, address: addressFrom(name), protocol, sasl, tls, timeout })),
  };
}
