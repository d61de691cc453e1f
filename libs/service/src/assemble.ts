import { loadConfig, type Config, type ConfigSources } from '@keystone/config';
import { settling } from '@keystone/feed';
import type { Context, Module } from '@keystone/module';
import { logger, startTelemetry, type Log, type Telemetry } from '@keystone/telemetry';
import { connectBus } from './connect-bus.ts';
import { connectDatabase } from './connect-database.ts';
import { connectPythonCache } from './connect-python-cache.ts';
import { settledWrites } from './settled-writes.ts';
import { liveSettings, type Settings } from './settings.ts';

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

/** A module with what it runs on. */
export interface Running {
  module: Module;
  deps: never;
}

/** A process but for its ports. */
export interface Assembled {
  /** The module's name, or `keystone` where there are several. */
  name: string;
  settings: Settings;
  log: Log;
  telemetry: Telemetry;
  context: Context;
  running: readonly Running[];
}

const VERSION = '0.1.0';

const levelOf = ({ kts }: Config) => (kts.log_level === 'warning' ? 'warn' : kts.log_level);

const nameOf = (modules: readonly Module[]) => (modules.length === 1 ? (modules[0]?.name ?? 'keystone') : 'keystone');

async function runModules(modules: readonly Module[], context: Context, running: Running[]): Promise<void> {
  for (const module of modules) {
    const deps = (await module.deps(context)) as never;
    running.push({ module, deps });
    module.listen?.(context.bus, deps);
  }
}

/**
 * Everything that modules stand on, and the modules on it.
 * @param opened takes what has to be closed; it closes from its end
 */
export async function assemble(
  modules: readonly Module[],
  options: ServeOptions,
  opened: AsyncDisposableStack,
): Promise<Assembled> {
  const held = { config: loadConfig(options.sources) };
  const name = nameOf(modules);
  const level = () => levelOf(held.config);
  const log = logger({ service: name, level, ...(options.write && { write: options.write }) });
  const settings = liveSettings(held, options.sources, log);
  const telemetry = await startTelemetry({ service: name, version: VERSION, log });
  opened.defer(() => telemetry.stop());

  const all = [...modules, ...(options.alsoAnswer ?? [])];
  const database = await connectDatabase(held.config, all, telemetry.query);
  opened.defer(() => database.close());
  const pythonCache = connectPythonCache(held.config, log, telemetry.meter);
  opened.defer(() => pythonCache.close());
  const running: Running[] = [];
  // Below the bus: as long as that answers questions, it does so with the modules.
  opened.defer(async () => {
    for (const { module, deps } of running) await module.close?.(deps);
  });
  const bus = await connectBus(held.config, name, {
    observe: telemetry.questionSeen,
    report: (error, subject) => log.error('unexpected error in an answer', { subject, error }),
  });
  opened.defer(() => bus.drain());

  const { meter } = telemetry;
  const { settle } = settling(bus, () => performance.now());
  const context: Context = {
    ...{ database, bus, log, meter },
    config: settings.current,
    clock: Date.now,
    pythonCache: settledWrites(pythonCache, settle),
  };
  await options.prepare?.(context);
  opened.defer(async () => {
    for (const { module, deps } of running) await module.leave?.(deps);
  });
  await runModules(all, context, running);
  return { name, settings, log, telemetry, context, running };
}
