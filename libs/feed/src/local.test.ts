import { testDatabase } from '@keystone/database/testing';
import type { Database } from '@keystone/database';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localFeed, type Feed } from './index.ts';

let database: Database;
let feed: Feed;
let now: number;
let told: unknown[];
const reported: unknown[] = [];

beforeEach(async () => {
  database = await testDatabase('sqlite', []);
  now = 1_000;
  told = [];
  const watch = database.watch ?? expect.fail('SQLite is not watched');
  feed = localFeed(watch, { clock: () => now, report: (error) => void reported.push(error) });
  feed.onChanges(
    (changes) => void told.push(...changes.map(({ table, after }) => `${table} ${String(after?.['id'])}`)),
  );
  feed.onReset((reason) => void told.push(reason));
});
afterEach(async () => {
  feed.close();
  await database.close();
});

const addRole = (id: string) => database.manager.query('INSERT INTO role (id, name) VALUES (?, ?)', [id, id]);

test('it is live from the start, and has heard of what whoever wrote has committed', async () => {
  expect([feed.live(), feed.why(), feed.age()]).toEqual([true, '', 0]);
  await addRole('a');
  expect(told).toEqual(['role a']);
  await feed.settle();
});

test('it is not live when it has not looked for what others write', () => {
  now += 1_500;
  expect([feed.live(), feed.why()]).toEqual([false, 'the database was last looked at 1500 ms ago']);
});

test('a listener that cannot deal with a change makes everybody forget, and the writer does not notice', async () => {
  const stop = feed.onChanges(() => {
    throw new Error('cannot');
  });
  await addRole('a');
  expect(told).toEqual(['role a', 'a change could not be dealt with']);
  expect(reported).toMatchObject([{ message: 'cannot' }]);
  expect(feed.live()).toBe(true);
  stop();
});

test('as long as something could not be forgotten it is not live', async () => {
  const stop = feed.onReset(() => {
    throw new Error('cannot forget');
  });
  const stopFailing = feed.onChanges(() => {
    throw new Error('cannot');
  });
  await addRole('a');
  expect([feed.live(), feed.why()]).toEqual([false, 'something could not be forgotten']);
  stop();
  stopFailing();
  await expect.poll(() => feed.live()).toBe(true);
});
