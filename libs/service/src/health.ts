import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, Dependency } from '@keystone/module';
import { METRICS_TYPE } from '@keystone/telemetry';
import type { Running } from './assemble.ts';
import { pythonCacheReady } from './connect-python-cache.ts';

/** What `/readyz` shows: a line per dependency, and how often the configuration has been read again. */
export interface Readiness {
  phase: 'starting' | 'serving' | 'draining';
  reloads: number;
  dependencies: Dependency[];
}

const isReady = ({ phase, dependencies }: Readiness) => phase === 'serving' && dependencies.every(({ ready }) => ready);

const show = (state: Readiness): string =>
  [
    isReady(state) ? 'ready' : state.phase === 'serving' ? 'not ready' : `not ready (${state.phase})`,
    ...state.dependencies.map(({ name, ready: fine, detail }) => `${fine ? '[+]' : '[-]'} ${name}: ${detail}`),
    `reloads ${state.reloads}`,
    '',
  ].join('\n');

/** What a process cannot work without: the database, the way to the other services, and what its modules say. */
export async function dependenciesOf(
  { database, bus, pythonCache }: Context,
  running: readonly Running[],
): Promise<Dependency[]> {
  const answers = await database.ping().then(
    () => ({ name: 'database', ready: true, detail: 'answers' }),
    (error: unknown) => ({ name: 'database', ready: false, detail: (error as Error).message }),
  );
  const { connected, detail } = bus.status();
  return [
    answers,
    { name: 'bus', ready: connected, detail },
    ...pythonCacheReady(pythonCache.status()),
    ...running.flatMap(({ module, deps }) => module.readiness?.(deps) ?? []),
  ];
}

/** `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics`, on a port that clients do not reach. */
export const healthHandler =
  (readiness: () => Promise<Readiness>, metrics: () => Promise<string>) =>
  (req: IncomingMessage, res: ServerResponse) => {
    const send = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      void res.writeHead(status, { 'content-type': type }).end(text);
    const answer = async () => {
      const [path] = (req.url ?? '').split('?');
      if (path === '/healthz') return send(200, 'ok\n');
      if (path === '/metrics') return send(200, await metrics(), METRICS_TYPE);
      if (path !== '/readyz') return send(404, 'not found\n');
      const state = await readiness();
      return send(isReady(state) ? 200 : 503, show(state));
    };
    answer().catch((error: unknown) => send(500, `${(error as Error).name}\n`));
  };
