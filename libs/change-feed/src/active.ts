import { setTimeout as delay } from 'node:timers/promises';
import { BinlogError, printPosition, type Binlog, type BinlogOptions } from '@keystone/binlog';
import { answer, on, type Bus, type Lease } from '@keystone/bus';
import { FEED_BEAT, feedFollower, feedSettled } from '@keystone/contracts';
import { unavailableError } from '@keystone/errors';
import type { Log } from '@keystone/telemetry';
import { followers, type Followers } from './followers.ts';
import { publish, type Publisher } from './publish.ts';
import { LeaseLost, teller, type Teller } from './teller.ts';

export interface ActiveOptions {
  bus: Bus;
  binlog: Pick<BinlogOptions, 'server' | 'tables'>;
  /** Milliseconds, by a clock that never goes back. */
  clock(): number;
  log: Log;
}

/** The one publisher there is, as long as it holds the lease. */
export interface Active {
  followers: Followers;
  teller: Teller;
  /** What keeps it from following; null while nothing does. */
  trouble(): string | null;
  /** Resolves when it publishes no more. */
  over: Promise<void>;
  stop(): void;
}

/** Milliseconds: until a lost binlog is looked for again, and until another process may try who perhaps reaches it. */
const AGAIN = 200;
const PATIENCE = 3_000;

/** Publishes, through whatever happens to the database, until the lease is over. */
export function activate(lease: Lease, { bus, binlog, clock, log }: ActiveOptions): Active {
  const all = followers(clock);
  const telling = teller(bus, lease);
  const stopped = new AbortController();
  let publisher: Publisher | undefined;
  let trouble: { since: number; why: string } | null = { since: clock(), why: 'beginning' };

  const following = ({ fresh, at }: Binlog) => {
    trouble = null;
    const from = printPosition(at());
    log.info('following the binlog', { from, epoch: telling.epoch(), begun: fresh ?? 'where it was left' });
  };
  const stumble = (error: unknown) => {
    if (!(error instanceof BinlogError)) throw error;
    const { kind, message } = error;
    if (trouble?.why !== message) log.warn('the binlog cannot be followed', { reason: message, kind });
    trouble = { since: trouble?.since ?? clock(), why: message };
  };

  async function follow(): Promise<BinlogError> {
    publisher = await publish({ binlog, teller: telling, followers: all, clock, following });
    try {
      return await Promise.race([publisher.ended, ending(lease, stopped.signal)]);
    } finally {
      publisher.close();
      publisher = undefined;
    }
  }

  async function run(): Promise<void> {
    while (lease.holds() && !stopped.signal.aborted) {
      stumble(await follow().catch((error: unknown) => error));
      if (trouble && clock() - trouble.since > PATIENCE) return;
      await delay(AGAIN, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  const settled = async (): Promise<Record<string, never>> => {
    const reached = await publisher?.caughtUp().catch(() => undefined);
    if (!reached) throw unavailableError('The change feed does not follow the database');
    await all.heard(reached.epoch, reached.number);
    // Only now is it certain that nobody else has given proofs meanwhile.
    if (!lease.holds()) throw unavailableError('The change feed is another process by now');
    return {};
  };

  const complaints = setInterval(() => {
    if (trouble && lease.holds()) telling.beat({ trouble: trouble.why });
  }, FEED_BEAT);
  const stops = [on(bus, feedFollower, all.hear), answer(bus, feedSettled, settled)];
  const over = run()
    .catch((error: unknown) => {
      if (!(error instanceof LeaseLost)) throw error;
    })
    .finally(() => {
      clearInterval(complaints);
      stops.forEach((stop) => stop());
    });
  return { followers: all, teller: telling, trouble: () => trouble?.why ?? null, over, stop: () => stopped.abort() };
}

/** @throws LeaseLost once it is over, or shall be */
async function ending(lease: Lease, stop: AbortSignal): Promise<never> {
  const asked = Promise.withResolvers<void>();
  stop.addEventListener('abort', () => asked.resolve(), { once: true });
  if (!stop.aborted) await Promise.race([lease.over, asked.promise]);
  throw new LeaseLost();
}
