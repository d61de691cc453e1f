import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memory, type Fill, type Memory } from './memory.ts';

interface Clocked {
  time: number;
  live: boolean;
  of(maxBytes?: number): Memory<string>;
}

function clocked(): Clocked {
  const world: Clocked = {
    time: 0,
    live: true,
    of: (maxBytes = 1_000_000) => memory<string>({ maxBytes, now: () => world.time, live: () => world.live }),
  };
  return world;
}

const fill =
  (value: string, facts: string[] = [], more: Partial<Fill<string>> = {}) =>
  async () => ({
    value,
    bytes: 100,
    until: 1000,
    facts,
    ...more,
  });

test('an answer is kept until a fact that it stands on changes', async () => {
  const kept = clocked().of();
  await kept.fill('t', fill('one', ['user:u', 'project:p']));
  expect(kept.get('t')).toBe('one');
  kept.drop(['project:other']);
  expect(kept.get('t')).toBe('one');
  kept.drop(['project:p']);
  expect(kept.get('t')).toBeUndefined();
  expect(await kept.fill('t', fill('two'))).toBe('two');
});

test('an answer ends with its time', async () => {
  const world = clocked();
  const kept = world.of();
  await kept.fill('t', fill('one', [], { until: 10 }));
  world.time = 9.9;
  expect(kept.get('t')).toBe('one');
  world.time = 10;
  expect(kept.get('t')).toBeUndefined();
  expect(kept.stats().entries).toBe(0);
});

test('many who ask for one answer wait for one load', async () => {
  const kept = clocked().of();
  let loads = 0;
  const slow = async () => {
    loads += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return fill('one')();
  };
  expect(await Promise.all(Array.from({ length: 50 }, () => kept.fill('t', slow)))).toEqual(Array(50).fill('one'));
  expect(loads).toBe(1);
});

test('a failed load is not remembered and is tried again', async () => {
  const kept = clocked().of();
  await expect(kept.fill('t', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await kept.fill('t', fill('one'))).toBe('one');
});

test('what changes while an answer is computed keeps it from being remembered, and from being shared with who comes later', async () => {
  const kept = clocked().of();
  let finish: (value: Fill<string>) => void = () => undefined;
  const before = kept.fill('t', () => new Promise<Fill<string>>((resolve) => (finish = resolve)));
  kept.drop(['user:u']);
  const after = kept.fill('t', fill('new', ['user:u']));
  finish(await fill('old', ['user:u'])());
  expect([await before, await after]).toEqual(['old', 'new']);
  expect(kept.get('t')).not.toBe('old');
});

test('without changes coming in nothing is remembered, given or shared', async () => {
  const world = clocked();
  const kept = world.of();
  await kept.fill('t', fill('one'));
  world.live = false;
  expect(kept.get('t')).toBeUndefined();
  expect(await kept.fill('t', fill('two'))).toBe('two');
  world.live = true;
  expect(kept.get('t')).toBe('one');
  kept.clear();
  expect(kept.get('t')).toBeUndefined();
});

test('memory is bounded, and a flood of answers asked for once does not push out the popular', async () => {
  const kept = clocked().of(100_000);
  await kept.fill('popular', fill('mine'));
  expect(kept.get('popular')).toBe('mine');
  for (let at = 0; at < 5000; at += 1) await kept.fill(`once-${at}`, fill('x', [`user:${at}`]));
  expect(kept.get('popular')).toBe('mine');
  expect(kept.stats().bytes).toBeLessThanOrEqual(100_000);
  expect(kept.get('once-0')).toBeUndefined();
  expect(kept.get('once-4999')).toBe('x');
});

test('whatever is asked, changed and cleared in whatever order, an answer is what its facts give', async () => {
  const facts = ['a', 'b', 'c'];
  const step = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), key: fc.subarray(facts, { minLength: 1 }) }),
    fc.record({ do: fc.constant('change' as const), fact: fc.constantFrom(...facts) }),
    fc.record({ do: fc.constant('pause' as const) }),
    fc.record({ do: fc.constant('feed' as const), live: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = clocked();
      const kept = world.of(5000);
      const versions: Record<string, number> = { a: 0, b: 0, c: 0 };
      const truth = (key: string[]) => key.map((fact) => `${fact}${versions[fact]}`).join();
      const pending: Promise<void>[] = [];
      for (const each of steps) {
        if (each.do === 'change') {
          versions[each.fact] = (versions[each.fact] ?? 0) + 1;
          if (world.live) kept.drop([each.fact]);
        } else if (each.do === 'feed') {
          if (each.live && !world.live) kept.clear();
          world.live = each.live;
        } else if (each.do === 'pause') await new Promise((resolve) => setImmediate(resolve));
        else {
          const asked = truth(each.key);
          const seen = new Set([asked]);
          const load = async () => {
            const value = truth(each.key);
            await new Promise((resolve) => setImmediate(resolve));
            return { value, bytes: 10, until: 1, facts: each.key };
          };
          pending.push(
            kept.fill(each.key.join(), load).then((value) => {
              seen.add(truth(each.key));
              // Never older than what held when it was asked.
              for (const fact of each.key)
                expect(Number(value.split(',')[each.key.indexOf(fact)]?.slice(1))).toBeGreaterThanOrEqual(
                  Number(asked.split(',')[each.key.indexOf(fact)]?.slice(1)),
                );
            }),
          );
        }
      }
      await Promise.all(pending);
    }),
    { numRuns: 500 },
  );
});
