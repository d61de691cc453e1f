import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answer, ask, type Bus, natsBus, type NatsOptions, question } from './index.ts';
import { isLoopback } from './nats-privacy.ts';
import { certificate } from './testing/certificate.ts';
import { outwardAddress, type Proxy, type ProxyOptions, proxyTo } from './testing/proxy.ts';
import { natsUrl } from './testing/server.ts';

test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])('%s is this machine', (address) => {
  expect(isLoopback(address)).toBe(true);
});
test.each(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '1270.0.0.1', '127.0.0.1.example.org', 'localhost', ''])(
  '%s may be another machine',
  (address) => {
    expect(isLoopback(address)).toBe(false);
  },
);

const outward = outwardAddress();

// By its outward address this machine looks like another one: what is asked of is the socket's peer.
describe.skipIf(!natsUrl || !outward)('a question that carries secrets', () => {
  const login = question('identity.login', Type.Object({ password: Type.String() }), Type.String(), { secret: true });
  const open: (() => Promise<void>)[] = [];
  const told: string[] = [];
  let prefix: string;

  beforeEach(() => {
    prefix = randomUUID();
    told.length = 0;
  });
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  async function proxy(options: ProxyOptions = {}): Promise<Proxy> {
    const made = await proxyTo(natsUrl ?? '', options);
    open.push(made.close);
    return made;
  }

  async function bus(servers: string | string[], options: Partial<NatsOptions> = {}): Promise<Bus> {
    const report = (error: unknown, subject: string) => void told.push(`${subject}: ${String(error)}`);
    const setting = '[keystone_ts] nats_url';
    const made = await natsBus({
      servers,
      service: 'test',
      prefix,
      report,
      setting,
      questionTimeout: 5_000,
      ...options,
    });
    open.push(made.drain);
    return made;
  }

  async function answering(servers: string | string[], options: Partial<NatsOptions> = {}): Promise<Bus> {
    const made = await bus(servers, options);
    answer(made, login, async ({ password }) => `heard ${password}`);
    made.serve('test.open', async () => 'open');
    await made.request('test.open', null);
    return made;
  }

  const asked = (asker: Bus) => ask(asker, login, { password: 's3cr3t' }).catch((error: unknown) => error);

  /** Until the connection is there again, wherever it leads. */
  async function reconnected(lost: Bus): Promise<void> {
    while ((await lost.request('test.open', null).catch(() => 'not yet')) !== 'open') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('goes to a server on this machine', async () => {
    await answering(natsUrl ?? '');
    expect(await asked(await bus(natsUrl ?? ''))).toBe('heard s3cr3t');
  });

  test('is not sent in plaintext to another machine; other questions are', async () => {
    const there = await proxy({ host: outward ?? '' });
    await answering(natsUrl ?? '');
    const asker = await bus(there.url);
    const error = await asked(asker);
    expect(error).toMatchObject({ status: 503, message: expect.stringContaining('[keystone_ts] nats_url') as string });
    expect(JSON.stringify(error)).not.toContain('s3cr3t');
    expect(there.carried()).not.toContain('s3cr3t');
    expect(await asker.request('test.open', null)).toBe('open');
    expect(there.carried()).toContain('test.open');
  });

  test('is not answered in plaintext from another machine, and the operator is told', async () => {
    const there = await proxy({ host: outward ?? '' });
    await answering(there.url);
    expect(await asked(await bus(natsUrl ?? ''))).toMatchObject({ status: 503 });
    expect(there.carried()).not.toContain('s3cr3t');
    expect(told.join()).toContain('identity.login: Error: not answered here');
  });

  test('goes over TLS, also when the gossip of the cluster leads to another machine', async () => {
    const made = certificate();
    open.push(async () => made.remove());
    const there = await proxy({ host: outward ?? '', tls: made });
    const here = await proxy({ tls: made, gossip: [`${outward}:${new URL(there.url).port}`] });
    const tls = { caFile: made.certFile };
    await answering(here.url, { tls });
    const asker = await bus(here.url, { tls });
    here.cut();
    await reconnected(asker);
    expect(asker.status().detail).toContain(outward);
    expect(await asked(asker)).toBe('heard s3cr3t');
  });

  test('is not sent to a server whose certificate nobody trusts', async () => {
    const made = certificate();
    open.push(async () => made.remove());
    const there = await proxy({ tls: made });
    const asker = await bus(there.url, { connectTimeout: 300 });
    expect(asker.status()).toMatchObject({
      connected: false,
      detail: expect.stringContaining('self-signed') as string,
    });
    expect(await asked(asker)).toMatchObject({ status: 503 });
  });

  test('is refused once gossip has led to another machine, and answered no more', async () => {
    const there = await proxy({ host: outward ?? '' });
    const here = await proxy({ gossip: [new URL(there.url).host] });
    const asker = await bus(here.url);
    await answering(here.url);
    expect(await asked(asker)).toBe('heard s3cr3t');
    here.cut();
    await reconnected(asker);
    expect(await asked(asker)).toMatchObject({
      status: 503,
      message: expect.stringContaining('without TLS') as string,
    });
    const other = await bus(natsUrl ?? '');
    expect(await asked(other)).toMatchObject({ status: 503, detail: { reason: 'identity.login: nobody answers it' } });
    expect(there.carried()).not.toContain('s3cr3t');
    expect(told.join()).toContain('identity.login: Error: not answered here');
  });

  test('is answered again once the connection is back on this machine', async () => {
    const there = await proxy({ host: outward ?? '' });
    const here = await proxy({ gossip: [new URL(there.url).host] });
    const answerer = await answering(here.url);
    here.cut();
    await reconnected(answerer);
    here.mend();
    there.cut();
    await reconnected(answerer);
    expect(await asked(await bus(natsUrl ?? ''))).toBe('heard s3cr3t');
  });
});

test('a server with TLS is named as its certificate names it, not by an address', async () => {
  await expect(natsBus({ servers: 'tls://10.0.0.5:4222', service: 'test' })).rejects.toThrow('by name');
});
