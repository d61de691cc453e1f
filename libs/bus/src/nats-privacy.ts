import type { NatsConnection } from 'nats';
import type { Socket } from 'node:net';

/**
 * What the client library keeps to itself. Its public face tells the address it was given, not the one it is connected
 * to; after a reconnect, gossip of the cluster or a change in the DNS only the socket knows. Read as if any of it could
 * be absent: then the connection counts as gone.
 */
interface Inside {
  protocol?: { connected?: boolean; transport?: { socket?: Socket & { encrypted?: boolean; authorized?: boolean } } };
}

export type Way = 'gone' | 'plaintext' | 'private';

/** Whether others on the network could read what goes this way: not over TLS, not inside this machine. */
export function wayOf(nats: NatsConnection | undefined): Way {
  const { connected, transport } = (nats as unknown as Inside | undefined)?.protocol ?? {};
  const socket = transport?.socket;
  if (!connected || !socket || socket.destroyed) return 'gone';
  if (socket.encrypted && socket.authorized) return 'private';
  return isLoopback(socket.remoteAddress ?? '') ? 'private' : 'plaintext';
}

/** @param address as a socket tells it, never a name. */
export const isLoopback = (address: string): boolean => /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/i.test(address);
