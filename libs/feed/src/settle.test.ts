import { setTimeout as delay } from 'node:timers/promises';
import { answer, localBus, type Bus } from '@keystone/bus';
import { unavailableError } from '@keystone/errors';
import { FEED_LEASE, FEED_LIMIT, feedSettled } from '@keystone/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followFeed, type Feed } from './index.ts';

let bus: Bus;
let feed: Feed;
const clock = () => performance.now();

beforeEach(() => {
  bus = localBus({ check: true });
});
afterEach(() => feed.close());

/** Milliseconds that a writer is kept waiting. */
async function waited(): Promise<number> {
  const began = clock();
  await feed.settle();
  return clock() - began;
}

test('a writer waits until the feed says that all have heard', async () => {
  const heard = Promise.withResolvers<void>();
  answer(bus, feedSettled, async () => {
    await heard.promise;
    return {};
  });
  feed = followFeed(bus, { clock });
  let settled = false;
  const settling = feed.settle().then(() => (settled = true));
  await delay(20);
  expect(settled).toBe(false);
  heard.resolve();
  expect(await settling).toBe(true);
});

test('where there has never been a feed nobody waits', async () => {
  feed = followFeed(bus, { clock });
  await feed.settle();
  expect(await bus.register(FEED_LEASE).read()).toBeUndefined();
});

test('where the feed does not answer, the writer waits until nobody can have a proof from before', async () => {
  await bus.register(FEED_LEASE).write({ holder: 'somebody', kept: null }, 0);
  answer(bus, feedSettled, async () => {
    throw unavailableError('The change feed does not follow the database');
  });
  feed = followFeed(bus, { clock });
  expect(await waited()).toBeGreaterThanOrEqual(FEED_LIMIT);
});

test('a feed that has been gone for long keeps nobody waiting', async () => {
  let now = 0;
  await bus.register(FEED_LEASE).write({ holder: 'somebody', kept: null }, 0);
  feed = followFeed(bus, { clock: () => now });
  await delay(1);
  now = 10_000;
  await feed.settle();
  // One that has just been there does.
  await bus.register(FEED_LEASE).write({ holder: 'somebody', kept: null }, 1);
  let settled = false;
  void feed.settle().then(() => (settled = true));
  await delay(50);
  expect(settled).toBe(false);
  now += FEED_LIMIT;
  await expect.poll(() => settled, { timeout: 5_000 }).toBe(true);
});

test('a register that cannot be read proves nothing', async () => {
  const blind: Bus = {
    ...bus,
    register: () => ({
      read: async () => Promise.reject(unavailableError('The feed service does not answer')),
      write: async () => undefined,
    }),
  };
  feed = followFeed(blind, { clock });
  expect(await waited()).toBeGreaterThanOrEqual(FEED_LIMIT);
});
