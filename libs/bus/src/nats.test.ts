import { randomUUID } from 'node:crypto';
import { connect, type NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bus, natsBus, type NatsOptions } from './index.ts';
import { decode, encode } from './message.ts';
import { type Proxy, proxyTo } from './testing/proxy.ts';
import { natsUrl } from './testing/server.ts';
import { UNEXPECTED } from './wire.ts';

describe.skipIf(!natsUrl)('over NATS', () => {
  const url = natsUrl ?? '';
  const told: { error: unknown; subject: string }[] = [];
  const open: (() => Promise<void>)[] = [];
  let prefix: string;
  let raw: NatsConnection;
  let proxy: Proxy;

  beforeAll(async () => {
    raw = await connect({ servers: url });
  });
  afterAll(() => raw.close());
  beforeEach(async () => {
    prefix = randomUUID();
    told.length = 0;
    proxy = await proxyTo(url);
    open.push(proxy.close);
  });
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function bus(options: Partial<NatsOptions> = {}): Promise<Bus> {
    const report = (error: unknown, subject: string) => void told.push({ error, subject });
    const made = await natsBus({ servers: url, service: 'test', prefix, report, drainTimeout: 200, ...options });
    open.push(made.drain);
    return made;
  }

  async function echoing(options: Partial<NatsOptions> = {}): Promise<Bus> {
    const made = await bus(options);
    made.serve('test.echo', async (message) => message);
    return made;
  }

  /** Asks until it is answered: how long a reconnection takes is the library's business. */
  async function answeredAgain(asker: Bus): Promise<unknown> {
    for (;;) {
      const reply = await asker.request('test.echo', 'back').catch((error: { status: number }) => error);
      if (reply === 'back') return reply;
      expect(reply).toMatchObject({ status: 503 });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  const refusal = (asker: Bus, subject = 'test.echo', deadline = 10_000) =>
    asker.request(subject, 'x', { deadline }).then(
      () => expect.fail('it was answered'),
      (error: unknown) => error,
    );

  test('when the connection is lost, those who wait are told at once, and so are those who ask', async () => {
    const asker = await bus({ servers: proxy.url });
    const answerer = await bus();
    const begun = Promise.withResolvers<void>();
    answerer.serve('test.never', () => {
      begun.resolve();
      return new Promise(() => undefined);
    });
    await (await echoing()).request('test.echo', 1);
    const waiting = refusal(asker, 'test.never', 3_600_000);
    await begun.promise;
    proxy.cut();
    expect(await waiting).toMatchObject({
      status: 503,
      detail: { reason: expect.stringContaining('connection lost') as string },
    });
    expect(await refusal(asker, 'test.echo', 3_600_000)).toMatchObject({ status: 503 });
    expect(asker.status()).toMatchObject({ connected: false });
  });

  test('a lost connection comes back by itself, for asking, answering and hearing', async () => {
    const asker = await bus({ servers: proxy.url });
    const answerer = await echoing({ servers: proxy.url });
    const heard: unknown[] = [];
    answerer.subscribe('test.event', (message) => heard.push(message));
    expect(await answeredAgain(asker)).toBe('back');
    proxy.cut();
    expect(await refusal(asker)).toMatchObject({ status: 503 });
    asker.publish('test.event', 'lost');
    proxy.mend();
    expect(await answeredAgain(asker)).toBe('back');
    asker.publish('test.event', 'heard');
    await answeredAgain(asker);
    expect(heard).toEqual(['heard']);
    expect(asker.status()).toMatchObject({ connected: true });
  });

  test('a connection that hangs is a 503 within the deadline', async () => {
    const asker = await bus({ servers: proxy.url });
    await echoing();
    expect(await answeredAgain(asker)).toBe('back');
    proxy.stall();
    expect(await refusal(asker, 'test.echo', 30)).toMatchObject({
      status: 503,
      detail: { reason: 'test.echo: no answer within 30 ms' },
    });
    proxy.mend();
    expect(await answeredAgain(asker)).toBe('back');
  });

  test('a process starts while NATS is away, says so, and works once it is there', async () => {
    proxy.cut();
    const asker = await bus({ servers: proxy.url, connectTimeout: 50 });
    const answerer = await echoing({ servers: proxy.url, connectTimeout: 50 });
    const heard: unknown[] = [];
    answerer.subscribe('test.event', (message) => heard.push(message));
    expect(asker.status().connected).toBe(false);
    expect(asker.status().detail).toContain(new URL(proxy.url).host);
    expect(await refusal(asker, 'test.echo', 3_600_000)).toMatchObject({ status: 503 });
    proxy.mend();
    expect(await answeredAgain(asker)).toBe('back');
    asker.publish('test.event', 1);
    await answeredAgain(asker);
    expect(heard).toEqual([1]);
  });

  test('a process that never reached NATS can be stopped', async () => {
    proxy.cut();
    const asker = await bus({ servers: proxy.url, connectTimeout: 10 });
    await asker.drain();
    expect(asker.status().connected).toBe(false);
  });

  test('an address that is none is refused, without repeating the password in it', async () => {
    for (const servers of ['http://a:s3cr3t@b', 'nats://', 'nats://a:s3cr3t@b:c']) {
      await expect(natsBus({ servers, service: 'test' })).rejects.toThrow(/^A NATS server is written/);
    }
  });

  test('a status never shows the password of an address', async () => {
    const { host } = new URL(url);
    const connected = await bus({ servers: `nats://user:s3cr3t@${host}` });
    proxy.cut();
    const not = await bus({ servers: proxy.url.replace('//', '//user:s3cr3t@'), connectTimeout: 10 });
    expect(JSON.stringify([connected.status(), not.status()])).not.toContain('s3cr3t');
  });

  test.each([
    ['not msgpack', Buffer.from([0xc1])],
    ['cut short', Buffer.from(encode({ a: 'b' })).subarray(0, 3)],
    ['more than one', Buffer.concat([encode(1), encode(2)])],
    ['nothing', Buffer.alloc(0)],
    ['longer than it is', Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])],
    ['deeper than any', Buffer.alloc(500_000, 0x91)],
    ['a time', Buffer.from('d6ff00000000', 'hex')],
    ['a big integer', Buffer.from('cfffffffffffffffff', 'hex')],
    ['of a type of its own', Buffer.from('c7016900', 'hex')],
  ])('a question that is %s is answered with an error, and the next as ever', async (_what, bytes) => {
    const answerer = await echoing();
    await answerer.request('test.echo', 1);
    const reply = decode((await raw.request(`${prefix}.test.echo`, bytes, { timeout: 5_000 })).data);
    expect(reply).toMatchObject({ error: { status: 500, message: UNEXPECTED } });
    expect(await answerer.request('test.echo', 1)).toBe(1);
  });

  test('an event that cannot be read is reported, and the next one is heard', async () => {
    const listener = await echoing();
    const heard: unknown[] = [];
    listener.subscribe('test.event', (message) => heard.push(message));
    await listener.request('test.echo', 1);
    raw.publish(`${prefix}.test.event`, Buffer.from([0xc1]));
    raw.publish(`${prefix}.test.event`, encode('read'));
    await raw.flush();
    await listener.request('test.echo', 1);
    expect(heard).toEqual(['read']);
    expect(told).toHaveLength(1);
  });

  test.each([
    ['not msgpack', Buffer.from([0xc1])],
    ['null', Buffer.from(encode(null))],
    ['a text', Buffer.from(encode('ok'))],
    ['an error without a status', Buffer.from(encode({ error: { message: 'x' } }))],
  ])('an answer that is %s is a 500', async (_what, bytes) => {
    const asker = await bus();
    raw.subscribe(`${prefix}.test.garbage`, { callback: (_error, message) => void message.respond(bytes) });
    await raw.flush();
    expect(await refusal(asker, 'test.garbage')).toMatchObject({ status: 500, message: UNEXPECTED });
  });

  test('a question and an answer too large for the server are a 500, and nothing hangs', async () => {
    const asker = await bus();
    const answerer = await echoing();
    answerer.serve('test.large', async () => 'x'.repeat(2_000_000));
    await answeredAgain(asker);
    const large = await asker.request('test.echo', 'x'.repeat(2_000_000)).catch((error: unknown) => error);
    expect(large).toMatchObject({ status: 500, detail: { reason: expect.stringContaining('max_payload') as string } });
    expect(await refusal(asker, 'test.large')).toMatchObject({ status: 500 });
    expect(told).toEqual([{ error: expect.anything() as unknown, subject: 'test.large' }]);
    expect(await asker.request('test.echo', 1)).toBe(1);
  });

  test('of all who answer a question one gets it, whichever service they belong to', async () => {
    const answers = [0, 0];
    const answerers = await Promise.all([bus({ service: 'identity' }), bus({ service: 'token' })]);
    for (const [i, answerer] of answerers.entries()) {
      answerer.serve('identity.count', async () => {
        answers[i] = (answers[i] ?? 0) + 1;
        return null;
      });
      await answerer.request('identity.count', null);
    }
    answers.fill(0);
    const asker = await bus();
    await Promise.all(Array.from({ length: 100 }, () => asker.request('identity.count', null, { deadline: 5_000 })));
    expect(answers.reduce((a, b) => a + b)).toBe(100);
    expect(Math.min(...answers)).toBeGreaterThan(0);
  });

  test('another cloud on the same NATS is another world', async () => {
    await echoing();
    const stranger = await bus({ prefix: randomUUID() });
    expect(await refusal(stranger)).toMatchObject({ status: 503 });
  });
});
