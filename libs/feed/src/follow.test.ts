import { type Bus, emit, localBus, on } from '@keystone/bus';
import { FEED_LIMIT, feedChanges, feedFollower, type FeedEvent, type FeedFollower } from '@keystone/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { followFeed, type Feed } from './index.ts';

let bus: Bus;
let feed: Feed;
let now: number;
let signs: FeedFollower[];
let told: unknown[];
const reported: unknown[] = [];

beforeEach(() => {
  bus = localBus({ check: true, report: (error) => void reported.push(error) });
  now = 50_000;
  signs = [];
  told = [];
  on(bus, feedFollower, (sign) => void signs.push(sign));
  feed = followFeed(bus, { clock: () => now });
  feed.onChanges((changes) => void told.push(...changes.map(({ after }) => after?.['id'])));
  feed.onReset((reason) => void told.push({ reset: reason }));
});
afterEach(() => feed.close());

const sign = (): FeedFollower => signs.at(-1) ?? expect.fail('no sign of life');

function publish(event: Partial<FeedEvent>): void {
  emit(bus, feedChanges, { epoch: '7.0', number: 0, changes: [], ...event });
}
const change = (id: string) => ({ changes: [{ table: 'role', before: null, after: { id } }] });
/** Proves all up to the last sign of life. */
const prove = (event: Partial<FeedEvent> = {}) => publish({ proofs: { [sign().follower]: sign().at }, ...event });

const turn = () => new Promise((resolve) => setImmediate(resolve));

function begin(): void {
  prove();
  told = [];
}

test('it is not live before it has been given a proof', () => {
  expect(feed.live()).toBe(false);
  expect(feed.why()).toContain('no change feed has been heard of');
  publish({});
  expect([feed.live(), feed.why()]).toEqual([false, 'no proof has come yet']);
  prove();
  expect([feed.live(), feed.why(), feed.age()]).toEqual([true, '', 0]);
});

test('what it began with is forgotten, then changes are heard in order', () => {
  prove({ number: 4 });
  publish({ number: 5, ...change('a') });
  publish({ number: 6, ...change('b') });
  expect(told).toEqual([{ reset: 'the feed was not followed before' }, 'a', 'b']);
  expect(feed.live()).toBe(true);
});

test('it is live until a proof is too old, counted from when the proof was asked for', () => {
  const asked = sign().at;
  now += 700;
  begin();
  expect(feed.age()).toBe(now - asked);
  now = asked + FEED_LIMIT - 1;
  expect(feed.live()).toBe(true);
  now += 1;
  expect(feed.live()).toBe(false);
  // Silence alone makes nothing wrong that was remembered.
  expect(told).toEqual([]);
});

test('signs of life without proofs do not make it live: they may have been long on their way', () => {
  begin();
  const stale = sign().at;
  now += FEED_LIMIT;
  publish({ proofs: { [sign().follower]: stale } });
  expect([feed.live(), feed.why()]).toEqual([false, `the last proof of the change feed is ${FEED_LIMIT} ms old`]);
  publish({ proofs: { somebody: now } });
  expect(feed.live()).toBe(false);
});

test('why it is not live: silence, or what the feed says itself', () => {
  begin();
  now += 1_500;
  expect(feed.why()).toBe('the change feed has been silent for 1500 ms');
  publish({ trouble: 'the binlog is off' });
  expect(feed.why()).toBe('the change feed: the binlog is off');
});

test('after a silence it goes on where it was, if nothing is missing', () => {
  begin();
  now += 60_000;
  publish({ number: 1, ...change('a') });
  expect(told).toEqual(['a']);
  expect(feed.live()).toBe(false);
});

test('when an event is missing everything is forgotten, and it is live again from there on', () => {
  begin();
  publish({ number: 2, ...change('b') });
  expect(told).toEqual([{ reset: 'events 1 to 1 have not arrived' }]);
  expect(feed.live()).toBe(false);
  prove({ number: 2 });
  expect(feed.live()).toBe(true);
  publish({ number: 3, ...change('c') });
  expect(told.slice(1)).toEqual(['c']);
});

test('a sign of life shows that an event is missing', () => {
  begin();
  prove({ number: 1 });
  expect(told).toEqual([{ reset: 'events 1 to 1 have not arrived' }]);
  expect(feed.live()).toBe(true);
});

test('what was heard already is passed over', () => {
  begin();
  publish({ number: 1, ...change('a') });
  publish({ number: 1, ...change('a') });
  expect(told).toEqual(['a']);
});

test('when anything may have changed, everything is forgotten and the count goes on', () => {
  begin();
  publish({ number: 1, reset: 'TRUNCATE' });
  publish({ number: 2, ...change('b') });
  expect(told).toEqual([{ reset: 'TRUNCATE' }, 'b']);
});

test('a new epoch is not trusted with what was remembered in another', () => {
  begin();
  publish({ epoch: '8.0', number: 0 });
  expect(told).toEqual([{ reset: 'the feed began anew, in epoch 8.0' }]);
  expect(feed.live()).toBe(false);
});

test('a new epoch that goes on where another stopped loses nothing', () => {
  begin();
  publish({ number: 1, ...change('a') });
  publish({ number: 2, ...change('b') });
  const continues = { epoch: '7.0', number: 1 };
  publish({ epoch: '8.0', number: 1, continues });
  publish({ epoch: '8.0', number: 2, continues, ...change('b') });
  publish({ epoch: '8.0', number: 3, ...change('c') });
  expect(told).toEqual(['a', 'b', 'b', 'c']);
  expect(feed.live()).toBe(true);
});

test.each([
  ['it has not heard all of the old one', { epoch: '8.0', number: 2, continues: { epoch: '7.0', number: 2 } }],
  ['something was published since', { epoch: '8.0', number: 1, continues: { epoch: '7.0', number: 0 } }],
  ['that went on behind another', { epoch: '8.0', number: 0, continues: { epoch: '6.0', number: 0 } }],
])('a new epoch that goes on where another stopped does not help where %s', (_why, event) => {
  begin();
  publish(event);
  expect(told).toEqual([{ reset: 'the feed began anew, in epoch 8.0' }]);
});

test('who has been followed by another is not heard any more, unless the other falls silent', () => {
  begin();
  publish({ epoch: '10.0' });
  told = [];
  prove({ epoch: '9.3', number: 9, ...change('late') });
  expect([told, feed.live()]).toEqual([[], false]);
  now += FEED_LIMIT;
  publish({ epoch: '9.3', number: 9 });
  expect(told).toEqual([{ reset: 'the feed began anew, in epoch 9.3' }]);
});

test('it says at once that it has heard, and where it is', async () => {
  begin();
  await turn();
  signs = [];
  publish({ number: 1, ...change('a') });
  publish({ number: 2, ...change('b') });
  await turn();
  expect(signs).toMatchObject([{ epoch: '7.0', number: 2 }]);
});

test('a listener that throws is made to forget everything', () => {
  begin();
  const stop = feed.onChanges(() => {
    throw new Error('cannot');
  });
  publish({ number: 1, ...change('a') });
  expect(told).toEqual(['a']);
  expect(reported).toMatchObject([{ message: 'cannot' }]);
  expect(feed.live()).toBe(false);
  stop();
  prove({ number: 2, ...change('b') });
  expect(told).toEqual(['a', { reset: 'the feed was not followed before' }]);
});

test('nobody may trust a proof for longer than all others count on', () => {
  const lax = followFeed(bus, { clock: () => now, limit: 60_000 });
  prove();
  now += FEED_LIMIT;
  expect(lax.live()).toBe(false);
  const strict = followFeed(bus, { clock: () => now, limit: 100 });
  const asked = now;
  prove({ number: 0 });
  expect(strict.live()).toBe(true);
  now = asked + 100;
  expect(strict.live()).toBe(false);
  lax.close();
  strict.close();
});

test('who has closed it hears nothing, and gives no sign of life', () => {
  begin();
  feed.close();
  publish({ number: 1, ...change('a') });
  expect(told).toEqual([]);
});
