import type { Config } from '@keystone/config';
import type { Feed } from '@keystone/feed';
import type { KeyRepository } from '@keystone/keys';
import type { Context } from '@keystone/module';
import { memory, type Memory } from './memory.ts';
import type { Recalled } from './recall.ts';
import { touches } from './standing.ts';

export interface TokenMemory extends Memory<Recalled> {
  /** Whether anything is remembered now, and why not. */
  state(): { live: boolean; why: string };
}

interface Parts {
  config(): Config;
  /** Seconds since the epoch. */
  now(): number;
  feed: Feed;
  keys: KeyRepository;
}

/**
 * Tokens that were found valid, remembered while the change feed is live and `[cache] enabled` is true. A change in the
 * database forgets what stands on it; other keys, another configuration, or a feed that may have missed something, all.
 */
export function tokenMemory({ config, now, feed, keys }: Parts): TokenMemory {
  const live = () => config().cache.enabled && feed.live();
  const kept = memory<Recalled>({ maxBytes: config().kts.memory_mib * 2 ** 20, now, live });
  let settings = config();
  let trusted = keys.current();

  const heedOwnChanges = () => {
    if (config() === settings && keys.current() === trusted) return;
    kept.clear();
    settings = config();
    trusted = keys.current();
  };
  feed.onReset(() => kept.clear());
  feed.onChanges((changes) => {
    for (const change of changes) {
      const touched = touches(change);
      if (touched === 'everything') kept.clear();
      else kept.drop(touched);
    }
  });
  return {
    ...kept,
    get(key) {
      heedOwnChanges();
      return kept.get(key);
    },
    fill(key, load) {
      heedOwnChanges();
      return kept.fill(key, load);
    },
    state: () => ({ live: live(), why: config().cache.enabled ? feed.why() : '[cache] enabled is false' }),
  };
}

/** What the memory does, for the metrics. */
export function measureMemory({ stats, state }: TokenMemory, { meter }: Pick<Context, 'meter'>): void {
  const gauge = (name: string, description: string, read: () => number) =>
    meter
      .createObservableGauge(`keystone_token_memory_${name}`, { description })
      .addCallback((result) => result.observe(read()));
  gauge('live', '1 while answers may come from memory', () => (state().live ? 1 : 0));
  gauge('entries', 'Tokens remembered', () => stats().entries);
  gauge('bytes', 'Bytes that they are counted for', () => stats().bytes);
  gauge('hits', 'Looks that found a token remembered', () => stats().hits);
  gauge('misses', 'Looks that did not', () => stats().misses);
  gauge('dropped', 'Tokens forgotten because of a change', () => stats().dropped);
}
