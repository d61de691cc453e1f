import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from './control.ts';

const MAIN = join(import.meta.dirname, '../../../apps/change-feed/src/main.ts');

/** A change feed that runs beside a stack. */
export interface RunningFeed {
  pid: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the change feed beside a stack, with the grants that it needs. */
export async function startChangeFeed(stack: Stack): Promise<RunningFeed> {
  await stack.sql("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'keystone'@'127.0.0.1'");
  const health = stack.ports.envoyAdmin + 5;
  const args = ['--config-file', stack.conf, '--nats-url', stack.urls.nats];
  const binds = ['--bind', `127.0.0.1:${health + 1}`, '--health-bind', `127.0.0.1:${health}`];
  const child: ChildProcess = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', MAIN, ...args, ...binds],
    {
      stdio: ['ignore', 'ignore', process.env.KTS_VERBOSE ? 'inherit' : 'ignore'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let attempt = 0; ; attempt += 1) {
    const ready = await fetch(`http://127.0.0.1:${health}/readyz`).catch(() => undefined);
    if (ready?.ok) break;
    if (attempt > 150 || child.exitCode !== null)
      throw new Error(`the change feed is not ready: ${await ready?.text()}`);
    await sleep(100);
  }
  return {
    pid: child.pid ?? 0,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await ended;
    },
  };
}

/** Until the token service says that its memory is live, or is not. */
export async function memoryIs(stack: Stack, live: boolean): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const text = await (await fetch(`${stack.urls.health.token}/readyz`)).text();
    if (/memory: live/.test(text) === live) return;
    await sleep(100);
  }
  throw new Error(`the memory is not ${live ? 'live' : 'off'}`);
}
