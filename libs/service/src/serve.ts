import { setTimeout as sleep } from 'node:timers/promises';
import { httpHandler, type HttpHandler } from '@keystone/api';
import type { Bus } from '@keystone/bus';
import type { Database } from '@keystone/database';
import type { Module } from '@keystone/module';
import type { Log } from '@keystone/telemetry';
import { assemble, type Assembled, type ServeOptions } from './assemble.ts';
import { dependenciesOf, healthHandler, type Readiness } from './health.ts';
import { hostOf } from './host.ts';
import { listen, type Listener } from './listener.ts';
import type { Settings } from './settings.ts';

export interface Service {
  url: string;
  healthUrl: string;
  config: Settings;
  database: Database;
  bus: Bus;
  log: Log;
  /** Reads configuration and policy again; with its return the new values hold. @see Settings.reload for what it throws */
  reload(): void;
  /**
   * Takes no new work, finishes what is under way within `[kts] drain_timeout`, closes.
   * @param notice milliseconds to go on before that, while `/readyz` says no and answers end their connections: a proxy
   * has to notice, or requests of its would be under way to a port that closes
   */
  close(notice?: number): Promise<void>;
}

type State = Pick<Readiness, 'phase' | 'reloads'>;

function operationsOf(modules: readonly Module[], parts: Assembled, checkReplies: boolean): HttpHandler {
  const { name, settings, telemetry, context, running } = parts;
  const mounted = running
    .filter(({ module }) => modules.includes(module))
    .map(({ module, deps }) => ({ operations: module.operations, deps }));
  const host = hostOf({ service: name, context, policy: settings.policy, telemetry });
  return httpHandler(mounted, { ...host, checkReplies });
}

/** What a proxy asks to learn whether to send requests here; oslo.middleware's path, on the port that it guards. */
const withHealthcheck =
  (state: State, handle: HttpHandler): HttpHandler =>
  (req, res) => {
    if (req.url !== '/healthcheck') return handle(req, res);
    const serving = state.phase === 'serving';
    res.writeHead(serving ? 200 : 503, { 'content-type': 'text/plain' }).end(serving ? 'OK' : state.phase);
  };

async function openPorts(
  { settings, telemetry, context, running }: Assembled,
  { state, handle }: { state: State; handle: HttpHandler },
  opened: AsyncDisposableStack,
): Promise<{ api: Listener; health: Listener }> {
  const { bind, health_bind } = settings.current().kts;
  const patience = () => settings.current().kts.drain_timeout * 1000;
  const readiness = async () => ({ ...state, dependencies: await dependenciesOf(context, running) });
  const tell = healthHandler(readiness, () => telemetry.metrics());
  // First, and so closed after the other: it tells of the draining until the last request is answered.
  const health = await listen({ flag: '--health-bind', address: health_bind }, tell);
  opened.defer(() => health.drain(patience()));
  const api = await listen({ flag: '--bind', address: bind }, withHealthcheck(state, handle));
  opened.defer(() => api.drain(patience()));
  return { api, health };
}

async function open(modules: readonly Module[], options: ServeOptions, opened: AsyncDisposableStack): Promise<Service> {
  const parts = await assemble(modules, options, opened);
  const { settings, log, context } = parts;
  const state: State = { phase: 'starting', reloads: 0 };
  const handle = operationsOf(modules, parts, options.checkReplies === true);
  const { api, health } = await openPorts(parts, { state, handle }, opened);
  state.phase = 'serving';
  log.info('serving', { url: api.url, health: health.url, modules: modules.map(({ name }) => name) });
  let closing: Promise<void> | undefined;

  return {
    url: api.url,
    healthUrl: health.url,
    config: settings,
    database: context.database,
    bus: context.bus,
    log,
    reload() {
      settings.reload();
      state.reloads += 1;
      log.info('configuration read again', { reloads: state.reloads });
    },
    close(notice = 0) {
      state.phase = 'draining';
      api.dismiss();
      closing ??= sleep(notice).then(() => opened.disposeAsync());
      return closing;
    },
  };
}

/**
 * Runs subsystems as one process: configuration, policy, telemetry, database, bus, operations, health, drain.
 *
 * NATS may be away at the start: `/readyz` says so until it is there. The database may not: the start fails, and whoever
 * keeps the process running starts it again.
 *
 * @throws ConfigError, PolicyFileError, KeyRepositoryError, and StartError where the database cannot be reached or an
 * address is taken; what was opened by then is closed
 */
export async function serve(modules: readonly Module[], options: ServeOptions): Promise<Service> {
  const opened = new AsyncDisposableStack();
  try {
    return await open(modules, options, opened);
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}
