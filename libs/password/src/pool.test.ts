import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { threadPool, type Limits, type Pool } from './pool.ts';
import { threadOf } from './thread.ts';

type Call = { echo: string; wait?: number } | 'exit' | 'throw';

/** Echoes, when it may; ends on demand. */
const ECHO = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', (call) => {
  if (call === 'exit') process.exit(3);
  if (call === 'throw') throw new Error('out of order');
  if (call.wait) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, call.wait);
  parentPort.postMessage(call.echo);
});`;

const open: Pool<Call, string>[] = [];
afterEach(async () => void (await Promise.all(open.splice(0).map((pool) => pool.close()))));

function echoes(limits: Limits | (() => Limits), text = ECHO) {
  const started: Worker[] = [];
  const lost: unknown[] = [];
  let now = 0;
  const start = () => {
    const worker = new Worker(text, { eval: true });
    started.push(worker);
    return worker;
  };
  const pool = threadPool<Call, string>(typeof limits === 'function' ? limits : () => limits, {
    start: () => threadOf<Call, string>(start),
    lost: (error) => lost.push(error),
    now: () => (now += 1500),
  });
  open.push(pool);
  return { ...pool, started, lost };
}

const refusal = { status: 503, detail: { headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } } };

test('no thread is started before there is work, and no more than work at once', async () => {
  const { run, started } = echoes({ threads: 4, queue: 4 });
  expect(started).toHaveLength(0);
  expect(await run({ echo: 'a' })).toBe('a');
  expect(await run({ echo: 'b' })).toBe('b');
  expect(started).toHaveLength(1);
  await Promise.all([run({ echo: 'c' }), run({ echo: 'd' })]);
  expect(started).toHaveLength(2);
});

test('what waits is done in the order in which it came', async () => {
  const { run, started } = echoes({ threads: 1, queue: 20 });
  const letters = [...'abcdefghijklmnopqrstu'];
  const done: string[] = [];
  await Promise.all(letters.map(async (echo) => done.push(await run({ echo }))));
  expect(done).toEqual(letters);
  expect(started).toHaveLength(1);
});

test('where as many wait as may, the next is told to come again later, and those before it are answered', async () => {
  const { run } = echoes({ threads: 1, queue: 2 });
  const [first, second, third, fourth] = await Promise.allSettled(['a', 'b', 'c', 'd'].map((echo) => run({ echo })));
  expect([first, second, third].map((each) => each?.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect(fourth).toMatchObject({ status: 'rejected', reason: refusal });
  expect(await run({ echo: 'e' })).toBe('e');
});

test('Retry-After grows with what waits and with how long a call takes', async () => {
  const { run } = echoes({ threads: 1, queue: 3 });
  for (let turn = 0; turn < 40; turn += 1) await run({ echo: 'a' });
  const calls = Array.from({ length: 5 }, () => run({ echo: 'b' }));
  const refused = (await Promise.allSettled(calls)).at(-1);
  // Three wait and one is under way, of 1.5 s each.
  expect(refused).toMatchObject({ reason: { detail: { headers: { 'retry-after': '6' } } } });
});

test.each(['exit', 'throw'] as const)('a thread that ends (%s) fails its call alone, and is replaced', async (end) => {
  const { run, started, lost } = echoes({ threads: 1, queue: 5 });
  const calls = [run({ echo: 'a' }), run(end), run({ echo: 'b' }), run(end), run({ echo: 'c' })];
  const outcomes = (await Promise.allSettled(calls)).map((each) => ('value' in each ? each.value : each.reason));
  expect(outcomes).toMatchObject(['a', refusal, 'b', refusal, 'c']);
  expect(started).toHaveLength(3);
  expect(lost).toHaveLength(2);
});

test('a thread that ends while it has nothing to do costs nobody an answer', async () => {
  const { run, started, lost } = echoes({ threads: 1, queue: 0 });
  expect(await run({ echo: 'a' })).toBe('a');
  await started[0]?.terminate();
  expect(await run({ echo: 'b' })).toBe('b');
  expect([started.length, lost.length]).toEqual([2, 1]);
});

test('where no thread can be started every call is refused, and none hangs', async () => {
  const { run, lost } = echoes({ threads: 2, queue: 10 }, 'throw new Error("no")');
  const calls = Array.from({ length: 8 }, () => run({ echo: 'a' }));
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.map((each) => each.status)).toEqual(calls.map(() => 'rejected'));
  expect(lost).toHaveLength(8);

  const refusing = threadPool<Call, string>(() => ({ threads: 1, queue: 10 }), {
    start: () =>
      threadOf(() => {
        throw new Error('no threads left');
      }),
    lost: (error) => lost.push(error),
    now: () => 0,
  });
  const more = await Promise.allSettled([refusing.run('exit'), refusing.run('exit')]);
  expect(more).toMatchObject([{ reason: refusal }, { reason: refusal }]);
});

test('other limits hold from the next call: more threads are started, those too many end', async () => {
  let limits = { threads: 1, queue: 10 };
  const { run, started, lost } = echoes(() => limits);
  const four = () => Promise.all(['a', 'b', 'c', 'd'].map((echo) => run({ echo })));
  await four();
  limits = { threads: 3, queue: 10 };
  await four();
  expect(started).toHaveLength(3);
  limits = { threads: 1, queue: 10 };
  expect(await four()).toEqual(['a', 'b', 'c', 'd']);
  await expect.poll(() => started.filter(({ threadId }) => threadId > 0)).toHaveLength(1);
  expect(await four()).toEqual(['a', 'b', 'c', 'd']);
  expect([started.length, lost.length]).toEqual([3, 0]);
});

test('closing refuses what waits and what is under way, and ends the threads', async () => {
  const { run, close, started, lost } = echoes({ threads: 2, queue: 10 });
  const calls = Array.from({ length: 6 }, () => run({ echo: 'a', wait: 60_000 }));
  const outcomes = Promise.allSettled(calls);
  await close();
  expect((await outcomes).map((each) => each.status)).toEqual(calls.map(() => 'rejected'));
  expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  expect(lost).toHaveLength(0);
  await expect(run({ echo: 'late' })).rejects.toMatchObject(refusal);
  await close();
});
