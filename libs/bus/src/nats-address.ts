import { isIP } from 'node:net';
import type { ConnectionOptions, TlsOptions } from 'nats';

/** PEM files: the authority that signed the servers' certificates, and our own certificate and key where they ask. */
export type TlsFiles = Pick<TlsOptions, 'caFile' | 'certFile' | 'keyFile'>;

/**
 * What the client library is told of `nats://[user:password@|token@]host[:port]` and `tls://…`, one or many.
 * @param servers a list, or one string with commas.
 * @throws TypeError for another scheme; the text does not repeat the address, which may hold a password.
 */
export function addressOptions(servers: string | readonly string[], tls?: TlsFiles): ConnectionOptions {
  const list = typeof servers === 'string' ? servers.split(',') : servers;
  const urls = list.map((server) => parsed(server.trim()));
  const secure = tls !== undefined || urls.some(({ protocol }) => protocol === 'tls:');
  // The client library would hold the certificate of a bare address against the name `localhost`.
  if (secure && urls.some(({ hostname }) => isIP(hostname.replace(/^\[|\]$/g, '')))) {
    throw new TypeError('A NATS server with TLS is written by name, as its certificate has it, not by address');
  }
  const { username = '', password = '' } = urls.find(({ username }) => username) ?? {};
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: urls.map(({ hostname, port }) => `${hostname}:${port || 4222}`),
    ...(user && (pass ? { user, pass } : { token: user })),
    ...(secure && { tls: tls ?? {} }),
  };
}

function parsed(server: string): URL {
  const url = URL.parse(server.includes('://') ? server : `nats://${server}`);
  if (!url?.hostname || !['nats:', 'tls:'].includes(url.protocol)) {
    throw new TypeError('A NATS server is written nats://host:port or tls://host:port');
  }
  return url;
}
