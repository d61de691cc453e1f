import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type Lease, type LeaseOptions, localBus, natsBus, type Register, takeLease } from './index.ts';
import { proxyTo } from './testing/proxy.ts';
import { natsUrl } from './testing/server.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const clock = () => performance.now();

async function contend(register: Register, options: Partial<LeaseOptions> = {}): Promise<Lease> {
  const lease = await takeLease(register, { holder: randomUUID(), clock, look: 5, ...options });
  open.push(lease.release);
  return lease;
}

test('one has it, the next finds what he kept as soon as he lets go', async () => {
  const register = localBus().register('test.lease');
  const first = await contend(register);
  expect(first).toMatchObject({ found: undefined });
  const next = contend(register, { take: 3_600_000 });
  first.keep({ place: 7 });
  expect(first.holds()).toBe(true);
  await first.release();
  const second = await next;
  expect(first.holds()).toBe(false);
  expect(second).toMatchObject({ found: { place: 7 } });
  expect(second.term).toBeGreaterThan(first.term);
});

test('who waits may give up', async () => {
  const register = localBus().register('test.lease');
  await contend(register);
  const stop = new AbortController();
  const waiting = contend(register, { signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('a renewal whose answer was lost does not lose it', async () => {
  const register = localBus().register('test.lease');
  let deaf = 0;
  const losing: Register = {
    read: () => register.read(),
    async write(value, revision) {
      const written = await register.write(value, revision);
      if (deaf-- > 0) throw new Error('no answer');
      return written;
    },
  };
  const lease = await contend(losing, { renew: 5, hold: 10_000 });
  deaf = 3;
  await expect.poll(() => deaf).toBeLessThan(-3);
  expect(lease.holds()).toBe(true);
});

test('who has lost it to another knows', async () => {
  const register = localBus().register('test.lease');
  const lease = await contend(register, { renew: 5, hold: 3_600_000 });
  const { revision } = (await register.read()) ?? expect.fail('nobody holds it');
  await register.write({ holder: 'another', kept: null }, revision);
  await lease.over;
  expect(lease.holds()).toBe(false);
});

test('never do two hold it, however the register behaves', async () => {
  const register = localBus().register('test.lease');
  const flaky: Register = {
    read: async () => {
      await delay(Math.random() * 5);
      if (Math.random() < 0.2) throw new Error('away');
      return register.read();
    },
    write: async (value, revision) => {
      await delay(Math.random() * 5);
      if (Math.random() < 0.2) throw new Error('away');
      const written = await register.write(value, revision);
      if (Math.random() < 0.2) throw new Error('no answer');
      return written;
    },
  };
  const held: Lease[] = [];
  const times = { renew: 4, hold: 12, take: 18, look: 2 };
  const stop = new AbortController();
  const contenders = Array.from({ length: 5 }, async () => {
    while (!stop.signal.aborted) {
      const lease = await contend(flaky, { ...times, signal: stop.signal }).catch(() => undefined);
      if (!lease) return;
      held.push(lease);
      expect(held.filter((each) => each.holds()).length).toBeLessThan(2);
      await Promise.race([lease.over, delay(Math.random() * 60)]);
      if (Math.random() < 0.5) await lease.release();
    }
  });
  await expect.poll(() => held.length, { timeout: 20_000 }).toBeGreaterThan(30);
  stop.abort();
  await Promise.all(contenders);
  expect(held.map(({ term }) => term)).toEqual(held.map(({ term }) => term).toSorted((a, b) => a - b));
});

describe.skipIf(!natsUrl)('over NATS', () => {
  test('a holder who is cut off has lost it before another has it', async () => {
    const prefix = randomUUID();
    const proxy = await proxyTo(natsUrl ?? '');
    const buses = await Promise.all(
      [proxy.url, natsUrl ?? ''].map((servers) => natsBus({ servers, prefix, service: 'test', drainTimeout: 100 })),
    );
    open.push(proxy.close, ...buses.map(({ drain }) => drain));
    const [near, far] = buses.map((bus) => bus.register('test.lease'));
    const first = await contend(near as Register);
    first.keep('kept');
    // A renewal has been seen.
    await expect.poll(async () => (await far?.read())?.revision).toBeGreaterThan(first.term);
    proxy.stall();
    const second = await contend(far as Register);
    expect(first.holds()).toBe(false);
    expect(second).toMatchObject({ found: 'kept' });
    proxy.mend();
  });
});
