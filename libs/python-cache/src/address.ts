import { isIPv6 } from 'node:net';

/** Where a cache server listens. `family` 0 leaves it to the resolver. */
export type Address = { path: string } | { host: string; port: number; family: 0 | 4 | 6 };

const PORT = 11211;

// The forms of python-memcached (memcache.py, _Host) and those of pymemcache (client/base.py, normalize_server_spec).
const SOCKET = /^(?:unix:)?(?<path>\/.*)$/;
const BRACKETED = /^(?<scheme>inet6:)?\[(?<host>[^[\]]+)\](?::(?<port>\d+))?$/;
const PLAIN = /^(?<scheme>inet:)?(?<host>[^:[\]/]+)(?::(?<port>\d+))?$/;

/** @throws where the text is no address in any of the forms that Python's client libraries read */
export function addressFrom(text: string): Address {
  const path = SOCKET.exec(text)?.groups?.['path'];
  if (path !== undefined) return { path };
  if (isIPv6(text)) return { host: text, port: PORT, family: 6 };
  const { scheme, host, port = PORT } = (BRACKETED.exec(text) ?? PLAIN.exec(text))?.groups ?? {};
  if (!host || Number(port) > 65_535) {
    throw new Error(`[cache] memcache_servers: '${text}' is not host:port, inet6:[host]:port or unix:/path`);
  }
  return { host, port: Number(port), family: scheme === 'inet6:' ? 6 : scheme === 'inet:' ? 4 : 0 };
}
