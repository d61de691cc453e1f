import type { CacheOptions } from './index.ts';

/** `[cache]` with memcached, and patience on a busy machine. */
export const DEFAULTS: CacheOptions = {
  enabled: true,
  backend: 'dogpile.cache.memcached',
  backend_argument: [],
  memcache_servers: [],
  memcache_sasl_enabled: false,
  username: null,
  password: null,
  socket_timeout: 5,
  tls_enabled: false,
  tls_cafile: null,
  tls_certfile: null,
  tls_keyfile: null,
  tls_allowed_ciphers: null,
};
