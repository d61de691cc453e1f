import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dependency } from '@keystone/module';
import { METRICS_TYPE } from '@keystone/telemetry';

/** What `/readyz` shows: a line per dependency, and how often the configuration has been read again. */
export interface Readiness {
  ready: boolean;
  draining: boolean;
  reloads: number;
  dependencies: Dependency[];
}

const show = ({ ready, draining, reloads, dependencies }: Readiness): string =>
  [
    `${ready ? 'ready' : 'not ready'}${draining ? ' (draining)' : ''}`,
    ...dependencies.map(({ name, ready: fine, detail }) => `${fine ? '[+]' : '[-]'} ${name}: ${detail}`),
    `reloads ${reloads}`,
    '',
  ].join('\n');

/** `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics`, on a port that clients do not reach. */
export const healthHandler =
  (readiness: () => Promise<Readiness>, metrics: () => Promise<string>) =>
  (req: IncomingMessage, res: ServerResponse) => {
    const send = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      void res.writeHead(status, { 'content-type': type }).end(text);
    const answer = async () => {
      if (req.url === '/healthz') return send(200, 'ok\n');
      if (req.url === '/metrics') return send(200, await metrics(), METRICS_TYPE);
      if (req.url !== '/readyz') return send(404, 'not found\n');
      const state = await readiness();
      return send(state.ready ? 200 : 503, show(state));
    };
    answer().catch((error: unknown) => send(500, `${(error as Error).name}\n`));
  };
