import { randomUUID } from 'node:crypto';
import { connect } from 'nats';
import { afterEach, describe, expect, test } from 'vitest';
import { type Bus, natsBus } from './index.ts';
import { describeBuses, type Pair } from './testing/pairs.ts';
import { proxyTo } from './testing/proxy.ts';
import { natsUrl } from './testing/server.ts';

describeBuses((pairOf) => {
  let pair: Pair | undefined;
  afterEach(async () => pair?.drain());

  test('a register is empty, then holds for all what one wrote', async () => {
    pair = await pairOf();
    const [ours, theirs] = [pair.asker.register('test.one'), pair.answerer.register('test.one')];
    expect(await ours.read()).toBeUndefined();
    const revision = await ours.write({ a: [1, null, 'ü'] }, 0);
    expect(await theirs.read()).toEqual({ value: { a: [1, null, 'ü'] }, revision });
    expect(await pair.asker.register('test.other').read()).toBeUndefined();
  });

  test('of two who write over the same entry one does, and the other is told', async () => {
    pair = await pairOf();
    const [ours, theirs] = [pair.asker.register('test.one'), pair.answerer.register('test.one')];
    const first = (await ours.write('first', 0)) ?? expect.fail('it was not written');
    expect(await theirs.write('also first', 0)).toBeUndefined();
    const written = await Promise.all([ours.write('ours', first), theirs.write('theirs', first)]);
    const winners = written.filter((revision) => revision !== undefined);
    expect(winners).toHaveLength(1);
    expect(winners[0]).toBeGreaterThan(first);
    expect(await ours.read()).toEqual({ value: written[0] ? 'ours' : 'theirs', revision: winners[0] });
  });
});

describe.skipIf(!natsUrl)('registers over NATS', () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  const busAt = async (servers: string, prefix: string): Promise<Bus> => {
    const bus = await natsBus({ servers, prefix, service: 'test', drainTimeout: 100 });
    open.push(bus.drain);
    return bus;
  };

  test('a register that cannot be reached is 503, and is there again when NATS is', async () => {
    const proxy = await proxyTo(natsUrl ?? '');
    open.push(proxy.close);
    const register = (await busAt(proxy.url, randomUUID())).register('test.one');
    const revision = await register.write(1, 0);
    proxy.cut();
    await expect(register.read()).rejects.toMatchObject({ status: 503 });
    await expect(register.write(2, revision ?? 0)).rejects.toMatchObject({ status: 503 });
    proxy.mend();
    await expect.poll(() => register.read().catch(() => 'away'), { timeout: 10_000 }).toEqual({ value: 1, revision });
  });

  test('a bucket that was lost is made again', async () => {
    const prefix = randomUUID();
    const register = (await busAt(natsUrl ?? '', prefix)).register('test.one');
    await register.write(1, 0);
    const nats = await connect({ servers: natsUrl ?? '' });
    open.push(() => nats.close());
    await (await nats.jetstreamManager()).streams.delete(`KV_${prefix}`);
    await expect.poll(() => register.write(2, 0).catch(() => 'lost')).toBeTypeOf('number');
    expect(await register.read()).toMatchObject({ value: 2 });
  });
});
