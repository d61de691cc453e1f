import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Module } from '@keystone/module';
import { onTestFinished } from 'vitest';
import type { ServeOptions } from './assemble.ts';
import { layDownNotes } from './note.fixture.store.ts';
import { serve, type Service } from './serve.ts';

export interface Started extends Service {
  /** Its keystone.conf. */
  file: string;
  /** What it has logged, parsed. */
  lines: Record<string, unknown>[];
  get(path: string, token?: string): Promise<Response>;
  readyz(): Promise<{ status: number; text: string }>;
}

export function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'kts-service-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

export interface Start extends Partial<ServeOptions> {
  /** The text of its keystone.conf. */
  conf?: string;
}

/** Serves on free ports, in SQLite's memory unless its configuration names a database, until the test ends. */
export async function start(modules: readonly Module[], { conf = '', ...options }: Start = {}): Promise<Started> {
  const file = join(directory(), 'keystone.conf');
  writeFileSync(file, conf);
  const lines: Record<string, unknown>[] = [];
  const service = await serve(modules, {
    sources: { files: [file], overrides: { bind: '127.0.0.1:0', health_bind: '127.0.0.1:0' } },
    prepare: async ({ database }) => {
      if (database.kind === 'sqlite') await layDownNotes(database);
    },
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
    ...options,
  });
  onTestFinished(() => service.close());
  return {
    ...service,
    file,
    lines,
    get: (path, token) => fetch(service.url + path, { headers: token ? { 'x-auth-token': token } : {} }),
    async readyz() {
      const response = await fetch(`${service.healthUrl}/readyz`);
      return { status: response.status, text: await response.text() };
    },
  };
}

/** A name that no other test has on the same NATS. */
export const cloud = () => `t${randomUUID().slice(0, 8)}`;

/** A way to a server that can be cut and mended. */
export async function cable(target: { host: string; port: number }) {
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(target.port, target.host);
    for (const end of [near, far]) {
      ends.add(end.on('error', () => undefined));
      end.once('close', () => ends.delete(end));
    }
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  const lay = async (port: number) => void (await once(server.listen(port, '127.0.0.1'), 'listening'));
  const cut = async () => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    ends.forEach((end) => end.destroy());
    await closed;
  };
  await lay(0);
  const { port } = server.address() as AddressInfo;
  onTestFinished(cut);
  return { port, cut, mend: () => lay(port) };
}
