import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { BinlogOptions } from '@keystone/binlog';
import { takeLease, type Bus } from '@keystone/bus';
import { FEED_LEASE } from '@keystone/contracts';
import type { Dependency } from '@keystone/module';
import type { Log } from '@keystone/telemetry';
import { activate, type Active } from './active.ts';

export interface ChangeFeedOptions {
  bus: Bus;
  binlog: Pick<BinlogOptions, 'server' | 'tables'>;
  /** Milliseconds, by a clock that never goes back. */
  clock(): number;
  log: Log;
}

/** One of the processes that publish the change feed, one at a time. */
export interface ChangeFeed {
  /** Undefined while another one publishes. */
  active(): Active | undefined;
  readiness(): Dependency;
  /** Lets another one go on at once. */
  leave(): Promise<void>;
}

/** Milliseconds that others have to take a lease that was let go. */
const COURTESY = 1_000;

export function startChangeFeed(options: ChangeFeedOptions): ChangeFeed {
  const { bus, clock, log } = options;
  const register = bus.register(FEED_LEASE);
  const stop = new AbortController();
  let active: Active | undefined;
  let obstacle: string | undefined;

  const report = (error: unknown) => {
    const { message, detail } = error as Error & { detail?: { reason?: string } };
    const why = detail?.reason ?? message;
    if (obstacle !== why) log.warn('the lease of the change feed cannot be asked for', { reason: why });
    obstacle = why;
  };

  async function term(): Promise<void> {
    log.info('standing by');
    const lease = await takeLease(register, { holder: randomUUID(), clock, signal: stop.signal, report });
    obstacle = undefined;
    log.info('active', { term: lease.term });
    active = activate(lease, options);
    stop.signal.addEventListener('abort', active.stop, { once: true });
    try {
      await active.over;
    } finally {
      stop.signal.removeEventListener('abort', active.stop);
      active = undefined;
      await lease.release();
    }
    log.warn('active no longer', { term: lease.term });
  }

  async function terms(): Promise<void> {
    while (!stop.signal.aborted) {
      await term().catch((error: unknown) => {
        if (!stop.signal.aborted) log.error('unexpected error', { error });
      });
      await delay(COURTESY, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  const running = terms();
  return {
    active: () => active,
    readiness() {
      const state = (ready: boolean, detail: string) => ({ name: 'change feed', ready, detail });
      if (!active) return obstacle === undefined ? state(true, 'standing by') : state(false, obstacle);
      const trouble = active.trouble();
      if (trouble !== null) return state(false, trouble);
      return state(true, `active in epoch ${active.teller.epoch()}, followed by ${active.followers.count()}`);
    },
    async leave() {
      stop.abort();
      await running;
    },
  };
}
