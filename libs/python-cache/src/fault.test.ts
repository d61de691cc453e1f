import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { pythonCache, regionKey, type CacheOptions, type PythonCache } from './index.ts';
import { freePort, has, memcached, put, type Memcached } from './memcached.fixture.ts';
import { DEFAULTS } from './options.fixture.ts';

const KEY = regionKey('tokens');

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(port?: number): Promise<Memcached> {
  const started = await memcached(port === undefined ? {} : { port });
  cleanups.push(started.stop);
  return started;
}

function cacheOn(ports: readonly number[], options: Partial<CacheOptions> = {}) {
  const lines: string[] = [];
  const outcomes: string[] = [];
  const line = (message: string) => void lines.push(message);
  const memcache_servers = ports.map((port) => `127.0.0.1:${port}`);
  const cache = pythonCache(
    { ...DEFAULTS, memcache_servers, ...options },
    { log: { info: line, warn: line }, observe: ({ outcome }) => void outcomes.push(outcome) },
  );
  cleanups.push(cache.close);
  return { cache, outcomes, lines };
}

const pending = (cache: PythonCache) => cache.status().servers.map((server) => server.pending);
const PATIENT = { timeout: 15_000 };

test('what a server away could not be told it is told when it is back', async () => {
  const port = await freePort();
  const { cache, outcomes, lines } = cacheOn([port]);
  await cache.invalidate(['tokens', 'revoke']);
  await cache.invalidate(['tokens']);
  expect(outcomes).toEqual(['postponed', 'postponed', 'postponed']);
  expect(cache.status().servers[0]).toMatchObject({ pending: 2, problem: expect.stringContaining('ECONNREFUSED') });
  expect(lines).toHaveLength(1);

  await start(port);
  await put(port, KEY);
  await expect.poll(() => has(port, KEY), PATIENT).toBe(false);
  await expect.poll(() => pending(cache), PATIENT).toEqual([0]);
  expect(cache.status().servers[0]).not.toHaveProperty('problem');
  expect(lines).toHaveLength(2);
});

test('a server that hangs holds up no more than those that wait for it already', async () => {
  const { port, process } = await start();
  const { cache, outcomes } = cacheOn([port], { socket_timeout: 0.3 });
  await cache.invalidate(['tokens']);
  await put(port, KEY);
  process.kill('SIGSTOP');
  await Promise.all([cache.invalidate(['tokens']), cache.invalidate(['revoke'])]);
  expect(outcomes).toEqual(['done', 'postponed', 'postponed']);
  const next = cache.invalidate(['receipts']).then(() => 'at once');
  expect(await Promise.race([next, turn('waits')])).toBe('at once');

  process.kill('SIGCONT');
  await expect.poll(() => pending(cache), PATIENT).toEqual([0]);
  expect(await has(port, KEY)).toBe(false);
});

test('a server restarted between two writes is told of the second at once', async () => {
  const first = await start();
  const { cache, outcomes } = cacheOn([first.port]);
  await cache.invalidate(['tokens']);
  await first.stop();
  await start(first.port);
  await put(first.port, KEY);
  await cache.invalidate(['tokens']);
  expect([outcomes, await has(first.port, KEY)]).toEqual([['done', 'done'], false]);
});

test('one server away keeps nothing from the others', async () => {
  const [gone, { port }] = [await freePort(), await start()];
  await put(port, KEY);
  const { cache, outcomes } = cacheOn([gone, port]);
  await cache.invalidate(['tokens']);
  expect([outcomes, await has(port, KEY), pending(cache)]).toEqual([['postponed'], false, [1, 0]]);
});

test('the end of the process is the last attempt', async () => {
  const port = await freePort();
  const { cache, lines } = cacheOn([port]);
  await cache.invalidate(['tokens']);
  await cache.close();
  expect(lines.at(-1)).toContain('was not told of the last writes');
  const other = cacheOn([port]);
  await other.cache.invalidate(['tokens']);
  await start(port);
  await put(port, KEY);
  await other.cache.close();
  expect(await has(port, KEY)).toBe(false);
});

/** A server that a test speaks for. */
async function puppet(): Promise<{ port: number; heard(): Promise<{ text: string; answer(text: string): void }> }> {
  const requests: { text: string; socket: Socket }[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (chunk) => void requests.push({ text: chunk.toString(), socket }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    async heard() {
      await expect.poll(() => requests.length, PATIENT).toBeGreaterThan(0);
      const { text, socket } = requests.shift() ?? expect.fail('nothing');
      return { text, answer: (reply) => void socket.write(reply) };
    },
  };
}

test.each([
  ['SERVER_ERROR out of memory', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['VALUE x 0 1', 'x'.repeat(10_000)],
])('a server that answers %s, or none of memcached’s words, is tried again', async (...answers) => {
  for (const text of answers) {
    const { port, heard } = await puppet();
    const { cache, outcomes } = cacheOn([port]);
    const told = cache.invalidate(['tokens']);
    (await heard()).answer(`${text}\r\n`);
    await told;
    expect([outcomes, pending(cache)]).toEqual([['postponed'], [1]]);
    (await heard()).answer('DELETED\r\n');
    await expect.poll(() => pending(cache), PATIENT).toEqual([0]);
  }
});

test('a write while the server catches up is told after it, not taken for told', async () => {
  const { port, heard } = await puppet();
  const { cache } = cacheOn([port]);
  const told = cache.invalidate(['tokens']);
  (await heard()).answer('SERVER_ERROR\r\n');
  await told;
  const again = await heard();
  await cache.invalidate(['tokens']);
  again.answer('DELETED\r\n');
  const more = await heard();
  expect(more.text).toBe(`delete ${KEY}\r\n`);
  expect(cache.status().servers[0]).toHaveProperty('problem');
  more.answer('NOT_FOUND\r\n');
  await expect.poll(() => cache.status().servers[0], PATIENT).toEqual({ name: `127.0.0.1:${port}`, pending: 0 });
});

test('answers that come in pieces are put together', async () => {
  const { port, heard } = await puppet();
  const { cache, outcomes } = cacheOn([port]);
  const told = cache.invalidate(['tokens', 'revoke', 'receipts']);
  const { answer } = await heard();
  for (const piece of ['DEL', 'ETED\r', '\nNOT_FOUND\r\nDELETED\r', '\n']) {
    answer(piece);
    await turn();
  }
  await told;
  expect(outcomes).toEqual(['done', 'done', 'done']);
});
