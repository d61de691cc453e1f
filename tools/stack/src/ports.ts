import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import type { PartName, ServiceName } from './part-names.ts';

/** Where each part listens on 127.0.0.1. */
export type Ports = Record<PartName, number> & {
  natsMonitor: number;
  envoyAdmin: number;
  health: Record<ServiceName, number>;
};

/** How many ports a base takes: two stacks run beside each other when their bases are this far apart. */
export const PORTS_OF_A_BASE = 40;

/** Envoy first, since its address is the one to remember; services from +10, their health ports from +20. */
export function portsFrom(base: number): Ports {
  if (!Number.isInteger(base) || base < 1024 || base + PORTS_OF_A_BASE > 65_536) {
    throw new Error(`a base port is a whole number from 1024 to ${65_536 - PORTS_OF_A_BASE}, not ${base}`);
  }
  return assign((offset) => base + offset);
}

/**
 * A base whose ports nobody listens on now. Below the kernel's ephemeral range, so that no outgoing connection takes one
 * of them before its server is up.
 */
export async function freeBase(random: () => number = Math.random): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = 17_000 + PORTS_OF_A_BASE * Math.floor(random() * 390);
    const free = await Promise.all(allOf(portsFrom(base)).map(isFree));
    if (!free.includes(false)) return base;
  }
  throw new Error('found no free ports');
}

/** Whether nobody listens on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server) await close(server);
  return server !== undefined;
}

function assign(at: (offset: number) => number): Ports {
  return {
    envoy: at(0),
    python: at(1),
    mariadb: at(2),
    nats: at(3),
    memcached: at(4),
    natsMonitor: at(5),
    token: at(10),
    identity: at(11),
    assignment: at(12),
    catalog: at(13),
    health: { token: at(20), identity: at(21), assignment: at(22), catalog: at(23) },
    envoyAdmin: at(30),
  };
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function allOf({ health, ...ports }: Ports): number[] {
  return [...Object.values(ports), ...Object.values(health)];
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
