import { FEED_LIMIT } from '@keystone/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followers, type Followers } from './followers.ts';

let all: Followers;
const clock = () => performance.now();

beforeEach(() => {
  vi.useFakeTimers();
  all = followers(clock);
  vi.advanceTimersByTime(FEED_LIMIT);
});
afterEach(() => vi.useRealTimers());

const sign = (follower: string, number: number, epoch = '3.0') => all.hear({ follower, at: 0, epoch, number });
const prove = () => all.prove(all.signs());

async function isHeard(heard: Promise<void>): Promise<boolean> {
  return Promise.race([heard.then(() => true), vi.advanceTimersByTimeAsync(0).then(() => false)]);
}

test('nobody is waited for where nobody follows', async () => {
  expect(await isHeard(all.heard('3.0', 7))).toBe(true);
});

test('who was given a proof is waited for until he has heard', async () => {
  sign('a', 6);
  sign('b', 7);
  prove();
  const heard = all.heard('3.0', 7);
  expect(await isHeard(heard)).toBe(false);
  sign('a', 7);
  expect(await isHeard(heard)).toBe(true);
});

test('who does not hear is waited for as long as he may trust his last proof, from the sign it was given for', async () => {
  sign('a', 6);
  await vi.advanceTimersByTimeAsync(300);
  prove();
  sign('a', 6);
  const heard = all.heard('3.0', 7);
  await vi.advanceTimersByTimeAsync(FEED_LIMIT - 301);
  expect(await isHeard(heard)).toBe(false);
  await vi.advanceTimersByTimeAsync(2);
  expect(await isHeard(heard)).toBe(true);
});

test('who has no proof is not waited for', async () => {
  sign('a', 6);
  expect(await isHeard(all.heard('3.0', 7))).toBe(true);
  expect(all.count()).toBe(0);
});

test('who follows another epoch is waited for if it is an earlier one', async () => {
  sign('behind', 9, '2.5');
  sign('ahead', 0, '3.1');
  prove();
  expect(all.count()).toBe(2);
  const heard = all.heard('3.0', 7);
  expect(await isHeard(heard)).toBe(false);
  sign('behind', 7);
  expect(await isHeard(heard)).toBe(true);
});

test('at first everybody is waited for whom another publisher may have given a proof', async () => {
  all = followers(clock);
  const heard = all.heard('3.0', 0);
  await vi.advanceTimersByTimeAsync(FEED_LIMIT - 1);
  expect(await isHeard(heard)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await isHeard(heard)).toBe(true);
});

test('who is not heard of for long is forgotten', async () => {
  sign('a', 6);
  await vi.advanceTimersByTimeAsync(20 * FEED_LIMIT);
  expect(all.signs().size).toBe(0);
});
