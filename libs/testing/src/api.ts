import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpHandler, type Caller, type Host, type Mounted } from '@keystone/api';
import { localBus, type Bus } from '@keystone/bus';
import type { Database, Kind } from '@keystone/database';
import { testDatabase } from '@keystone/database/testing';
import { KeystoneError } from '@keystone/errors';
import type { Context, Module } from '@keystone/module';
import { compilePolicy, type PolicyOverrides } from '@keystone/policy';
import { pythonCache } from '@keystone/python-cache';
import { logger } from '@keystone/telemetry';
import { createNoopMeter } from '@opentelemetry/api';
import { client, type Client } from './client.ts';
import { callerAs, personas } from './persona.ts';
import { testConfig, type Settings } from './settings.ts';

export interface TestApiOptions {
  /** The engine; SQLite unless given. */
  kind?: Kind;
  /** Who may ask besides the personas, or instead of one, by the name that `as` takes. */
  callers?: Record<string, Caller>;
  /** Options that differ from their defaults. */
  settings?: Settings;
  /** Rules that replace the defaults, as the operator's policy file does. */
  policy?: PolicyOverrides;
  /** Answers what the modules ask of subsystems that are not among them. */
  answers?(bus: Bus): void;
  /** Milliseconds since the epoch. */
  clock?(): number;
}

export interface TestApi {
  /** Requests of a persona, or of one of `callers`; null sends no token; any other name is a token that is no good. */
  as(who: string | null): Client;
  /** Where it listens: `http://127.0.0.1:1234`. */
  url: string;
  database: Database;
  /** Questions to the modules: `ask(api.bus, catalogFor, …)`. */
  bus: Bus;
  /** From now on these options differ from their defaults, and no others. */
  configure(settings: Settings): void;
  /** What was logged, a JSON text each. */
  log: readonly string[];
  close(): Promise<void>;
}

const listening = (server: Server) =>
  new Promise<string>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

const stopped = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const everybody = (callers: Record<string, Caller>) =>
  new Map<string, Caller>([...personas.map((name) => [name, callerAs(name)] as const), ...Object.entries(callers)]);

/** What went wrong in a request, by its id: an answer of 500 does not say it, a failed test should. */
function failures() {
  const known = new Map<string, string>();
  return {
    report(error: unknown, { requestId }: { requestId: string }) {
      const reason = error instanceof KeystoneError ? error.detail.reason : undefined;
      known.set(requestId, reason ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
    },
    explain: (requestId: string) => known.get(requestId) ?? '',
  };
}

async function mount(modules: readonly Module[], context: Context): Promise<Mounted[]> {
  const mounted: Mounted[] = [];
  for (const module of modules) {
    const deps = (await module.deps(context)) as never;
    module.listen?.(context.bus, deps);
    mounted.push({ operations: module.operations, deps });
  }
  return mounted;
}

/**
 * Subsystems behind HTTP on a loopback port, on a database and a bus of their own, with Keystone's default rules. Each
 * answer is checked against its operation's `reply`, each question and its answer against their contract. Whom a token
 * stands for is the persona named by it.
 */
export async function testApi(modules: readonly Module[], options: TestApiOptions = {}): Promise<TestApi> {
  const { kind = 'sqlite', callers = {}, clock = Date.now } = options;
  const config = testConfig(options.settings);
  const policy = compilePolicy({ overrides: options.policy ?? {} });
  const lines: string[] = [];
  const log = logger({ service: 'test', level: 'debug', write: (line) => void lines.push(line) });
  const bus = localBus({ check: true, report: (error, subject) => log.error('bus', { subject, error }) });
  const database = await testDatabase(
    kind,
    modules.flatMap(({ tables }) => [...tables]),
  );
  options.answers?.(bus);
  const cache = pythonCache(config.current().cache, { log });
  const meter = createNoopMeter();
  const context: Context = { database, bus, config: () => config.current(), clock, log, pythonCache: cache, meter };
  const mounted = await mount(modules, context);

  const known = everybody(callers);
  const { report, explain } = failures();
  const host: Host = {
    service: 'test',
    authenticate: async (token) => known.get(token) ?? null,
    policy: () => policy,
    settings: () => config.current().DEFAULT,
    report,
    checkReplies: true,
  };
  const server = createServer(httpHandler(mounted, host));
  const url = await listening(server);

  return {
    as: (who) => client(url, who, explain),
    url,
    database,
    bus,
    configure: (settings) => config.set(settings),
    log: lines,
    async close() {
      await stopped(server);
      await bus.drain();
      await Promise.all(modules.map((module, at) => module.close?.(mounted[at]?.deps as never)));
      await cache.close();
      await database.close();
    },
  };
}
