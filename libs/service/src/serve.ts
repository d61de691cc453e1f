import { httpHandler, type Mounted } from '@keystone/api';
import type { Bus } from '@keystone/bus';
import { databaseUrl, liveConfig, type Config, type ConfigSources, type LiveConfig } from '@keystone/config';
import { openDatabase, type Database } from '@keystone/database';
import type { Context, Module } from '@keystone/module';
import { logger, startTelemetry, type Log, type Telemetry } from '@keystone/telemetry';
import { connectBus } from './connect-bus.ts';
import { healthHandler, type Readiness } from './health.ts';
import { listen, type Listener } from './listener.ts';
import { hostOf } from './host.ts';
import { livePolicy } from './policy.ts';

export interface ServeOptions {
  sources: ConfigSources;
  /** Modules whose questions are answered in this process too, without their operations. */
  alsoAnswer?: readonly Module[];
  /** Runs before anything is served: an embedded Keystone lays its schema down here. */
  prepare?(context: Context): Promise<void>;
  /** Where log lines go; stderr unless given. */
  write?(line: string): void;
  checkReplies?: boolean;
}

export interface Service {
  url: string;
  healthUrl: string;
  config: LiveConfig;
  database: Database;
  bus: Bus;
  log: Log;
  /** Reads configuration and policy again; with its return the new values hold. @throws ConfigError, keeping the old */
  reload(): void;
  /** Takes no new work, finishes what is under way, closes. */
  close(): Promise<void>;
}

const VERSION = '0.1.0';

const levelOf = ({ kts }: Config) => (kts.log_level === 'warning' ? 'warn' : kts.log_level);

interface Running {
  module: Module;
  deps: never;
}

const nameOf = (modules: readonly Module[]) => (modules.length === 1 ? (modules[0]?.name ?? 'keystone') : 'keystone');

/** Tables that two modules claim would have two writers. */
function entitiesOf(modules: readonly Module[]) {
  const tables = modules.flatMap((module) => [...module.tables]);
  const names = tables.map((table) => table.options.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`table ${twice} stands in two modules`);
  return tables;
}

async function readinessOf(context: Context, running: readonly Running[]): Promise<Readiness['dependencies']> {
  const { database, bus } = context;
  const ping = await database.ping().then(
    () => ({ name: 'database', ready: true, detail: 'answers' }),
    (error: unknown) => ({ name: 'database', ready: false, detail: (error as Error).message }),
  );
  const { connected, detail } = bus.status();
  return [
    ping,
    { name: 'bus', ready: connected, detail },
    ...running.flatMap(({ module, deps }) => module.readiness?.(deps) ?? []),
  ];
}

/**
 * Runs subsystems as one process: configuration, telemetry, database, bus, operations, health, drain.
 *
 * @throws where the configuration is wrong, an address is taken, or a key repository cannot be read
 */
export async function serve(modules: readonly Module[], options: ServeOptions): Promise<Service> {
  const config = liveConfig(options.sources);
  const { database: db } = config.current();
  const name = nameOf(modules);
  const level = () => levelOf(config.current());
  const log = logger({ service: name, level, ...(options.write && { write: options.write }) });
  const telemetry = await startTelemetry({ service: name, version: VERSION, log });
  const all = [...modules, ...(options.alsoAnswer ?? [])];
  const database = await openDatabase(databaseUrl(db.connection ?? 'sqlite://', db.connection_parameters), {
    entities: entitiesOf(all),
    poolSize: db.max_pool_size ?? 5,
    observe: telemetry.query,
  });
  const bus = await connectBus(config.current(), name, {
    observe: telemetry.questionSeen,
    report: (error, subject) => log.error('unexpected error in an answer', { subject, error }),
  });
  const context: Context = { database, bus, config: () => config.current(), clock: Date.now, log };
  await options.prepare?.(context);
  const running: Running[] = [];
  for (const module of all) {
    const deps = (await module.deps(context)) as never;
    module.listen?.(bus, deps);
    running.push({ module, deps });
  }
  return start({ context, config, running, modules, telemetry, options });
}

interface Parts {
  context: Context;
  config: LiveConfig;
  running: readonly Running[];
  modules: readonly Module[];
  telemetry: Telemetry;
  options: ServeOptions;
}

async function start({ context, config, running, modules, telemetry, options }: Parts): Promise<Service> {
  const { log, database, bus } = context;
  const policy = livePolicy(config, options.sources, log);
  const mounted: Mounted[] = running
    .filter(({ module }) => modules.includes(module))
    .map(({ module, deps }) => ({ operations: module.operations, deps }));
  const host = hostOf({ service: nameOf(modules), context, policy: policy.current, telemetry });
  const handle = httpHandler(mounted, { ...host, checkReplies: options.checkReplies === true });
  const state = { draining: false, reloads: 0 };
  const readiness = async (): Promise<Readiness> => {
    const dependencies = await readinessOf(context, running);
    return { ...state, ready: !state.draining && dependencies.every(({ ready }) => ready), dependencies };
  };
  const { kts } = config.current();
  const api: Listener = await listen(kts.bind, (req, res) => {
    // What a proxy asks to learn whether to send requests here; oslo.middleware's path, on the port that it guards.
    if (req.url === '/healthcheck')
      return void res.writeHead(state.draining ? 503 : 200).end(state.draining ? 'draining' : 'OK');
    handle(req, res);
  });
  const health = await listen(
    kts.health_bind,
    healthHandler(readiness, () => telemetry.metrics()),
  );
  log.info('serving', { url: api.url, health: health.url, modules: modules.map(({ name }) => name) });

  return {
    url: api.url,
    healthUrl: health.url,
    config,
    database,
    bus,
    log,
    reload() {
      config.reload();
      policy.reload();
      state.reloads += 1;
      log.info('configuration read again', { reloads: state.reloads });
    },
    async close() {
      state.draining = true;
      const patience = config.current().kts.drain_timeout * 1000;
      await api.drain(patience);
      await bus.drain();
      for (const { module, deps } of running) await module.close?.(deps);
      await health.drain(patience);
      await database.close();
      await telemetry.stop();
    },
  };
}
