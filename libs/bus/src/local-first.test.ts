import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bus, localBus, localFirst, natsBus } from './index.ts';
import { type Proxy, proxyTo } from './testing/proxy.ts';
import { natsUrl } from './testing/server.ts';

describe.skipIf(!natsUrl)('a process that answers for itself, beside others', () => {
  const prefix = randomUUID();
  const url = natsUrl ?? '';
  let proxy: Proxy;
  let here: Bus, there: Bus;
  const heard: unknown[] = [];

  beforeAll(async () => {
    proxy = await proxyTo(url);
    const remote = await natsBus({ servers: proxy.url, service: 'here', prefix });
    here = localFirst(localBus({ check: true }), remote);
    there = await natsBus({ servers: url, service: 'there', prefix });
    here.serve('mine.who', async () => 'here');
    there.serve('other.who', async () => 'there');
    here.subscribe('test.event', (message) => heard.push(message));
    // Each connection keeps its order: the first question proves what was served there, the second what is served here.
    await there.request('other.who', null);
    await here.request('other.who', null);
  });

  afterAll(async () => {
    await Promise.all([here.drain(), there.drain()]);
    await proxy.close();
  });

  test('its own questions do not leave it', async () => {
    const before = proxy.carried();
    expect(await here.request('mine.who', null)).toBe('here');
    expect(proxy.carried()).toBe(before);
  });

  test('it asks others what it does not answer, and answers others', async () => {
    expect(await here.request('other.who', null)).toBe('there');
    expect(await there.request('mine.who', null)).toBe('here');
    await expect(here.request('nobody.who', null)).rejects.toMatchObject({ status: 503 });
  });

  test('it checks if one of its buses does', () => {
    expect([here.check, there.check]).toEqual([true, false]);
  });

  test('an event is heard once, whoever published it, its own at once', async () => {
    const others: unknown[] = [];
    there.subscribe('test.event', (message) => others.push(message));
    await there.request('mine.who', null);
    here.publish('test.event', 'own');
    expect(heard).toEqual(['own']);
    await here.request('other.who', null);
    there.publish('test.event', 'foreign');
    await there.request('mine.who', null);
    expect([heard, others]).toEqual([
      ['own', 'foreign'],
      ['own', 'foreign'],
    ]);
  });

  test('it may stop listening', async () => {
    const mine: unknown[] = [];
    const stop = here.subscribe('test.other', (message) => mine.push(message));
    stop();
    await here.request('other.who', null);
    here.publish('test.other', 1);
    there.publish('test.other', 2);
    await there.request('mine.who', null);
    expect(mine).toEqual([]);
  });

  test('while NATS is away its own work goes on, and it says so', async () => {
    proxy.cut();
    await expect(here.request('other.who', null)).rejects.toMatchObject({ status: 503 });
    expect(here.status().connected).toBe(false);
    expect(await here.request('mine.who', null)).toBe('here');
    heard.length = 0;
    here.publish('test.event', 'alone');
    expect(heard).toEqual(['alone']);
  });
});
