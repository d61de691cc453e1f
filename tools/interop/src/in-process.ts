import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assignment } from '@keystone/assignment';
import { httpHandler } from '@keystone/api';
import { localBus } from '@keystone/bus';
import { catalog } from '@keystone/catalog';
import { databaseUrl, loadConfig } from '@keystone/config';
import { openDatabase } from '@keystone/database';
import { identity } from '@keystone/identity';
import type { Module } from '@keystone/module';
import { compilePolicy } from '@keystone/policy';
import { pythonCache } from '@keystone/python-cache';
import type { Stack } from '@keystone/stack-tool';
import { logger, startTelemetry } from '@keystone/telemetry';
import { callerAs } from '@keystone/testing';
import { token } from '@keystone/token';

/** How often each subsystem was asked over the bus, and how many statements each sent. */
export interface Counts {
  questions: Record<string, number>;
  statements: Record<string, number>;
}

export interface InProcess {
  url: string;
  /** What one request costs. */
  counting(work: () => Promise<unknown>): Promise<Counts>;
  close(): Promise<void>;
}

/** Our subsystems in this process on a stack's database and keys, everybody an administrator, everything counted. */
export async function inProcess(stack: Stack): Promise<InProcess> {
  const counts: Counts = { questions: {}, statements: {} };
  const count = (of: keyof Counts, name: string) => (counts[of][name] = (counts[of][name] ?? 0) + 1);
  const config = loadConfig({ files: [stack.conf] });
  const log = logger({ service: 'in-process', write: () => undefined });
  const bus = localBus({
    check: true,
    observe: ({ subject, side }) => side === 'asked' && count('questions', subject.split('.')[0] ?? ''),
  });
  const telemetry = await startTelemetry({ service: 'in-process', version: '0', log });
  const shared = { bus, config: () => config, clock: Date.now, log, meter: telemetry.meter };
  const cache = pythonCache(config.cache, { log });
  const url = databaseUrl(config.database.connection ?? '');
  const modules: readonly Module[] = [token, identity, assignment, catalog];
  const running = await Promise.all(
    modules.map(async (module) => {
      const database = await openDatabase(url, {
        entities: [...module.tables],
        observe: (_sql, run) => (count('statements', module.name), run()),
      });
      const deps = (await module.deps({ ...shared, database, pythonCache: cache })) as never;
      module.listen?.(bus, deps);
      return { module, deps, database };
    }),
  );
  const server = createServer(
    httpHandler(
      running.map(({ module, deps }) => ({ operations: module.operations, deps })),
      {
        service: 'in-process',
        authenticate: async () => callerAs('system-admin'),
        policy: () => compilePolicy({ overrides: {} }),
        settings: () => config.DEFAULT,
        report: () => undefined,
      },
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async counting(work) {
      Object.assign(counts, { questions: {}, statements: {} });
      await work();
      return structuredClone(counts);
    },
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await bus.drain();
      for (const { module, deps, database } of running) {
        await module.close?.(deps);
        await database.close();
      }
      await telemetry.stop();
    },
  };
}
