import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { gate, notes, tokens } from './module.fixture.ts';
import { start } from './service.fixture.ts';

/** One client with one connection, kept open as long as the server lets it. */
function keptConnection(base: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return async (path: string) => {
    const [response] = (await once(get(base + path, { agent }), 'response')) as [IncomingMessage];
    return { status: response.statusCode, connection: response.headers.connection, body: await text(response) };
  };
}

const unreachable = (url: string) =>
  fetch(url).then(
    () => false,
    ({ cause }: { cause: { code: string } }) => cause.code === 'ECONNREFUSED',
  );

test('what is under way is finished, then the port is closed', async () => {
  const held = gate();
  const service = await start([notes(held), tokens]);
  const ask = keptConnection(service.url);
  expect((await ask('/v3/regions')).connection).toBe('keep-alive');
  const answer = ask('/v3/services');
  await expect.poll(() => held.waiting).toBe(1);

  const closed = service.close();
  await expect.poll(() => unreachable(service.url)).toBe(true);
  expect(await service.readyz()).toMatchObject({
    status: 503,
    text: expect.stringMatching(/^not ready \(draining\)\n/),
  });
  held.open();
  expect(await answer).toEqual({ status: 200, connection: 'close', body: '{"services":[]}' });
  await closed;
  expect(await unreachable(service.healthUrl)).toBe(true);
});

test('before the port is closed there is time to notice: requests are answered, health says no', async () => {
  const service = await start([notes(), tokens]);
  const ask = keptConnection(service.url);
  expect((await ask('/v3/regions')).connection).toBe('keep-alive');
  const closed = service.close(2_000);
  expect((await service.readyz()).status).toBe(503);
  expect((await service.get('/healthcheck')).status).toBe(503);
  expect(await ask('/v3/regions')).toMatchObject({ connection: 'close' });
  expect((await service.get('/v3/regions', 'reader')).status).toBe(200);
  await closed;
  expect(await unreachable(service.url)).toBe(true);
});

test('a request that hangs is cut after drain_timeout', async () => {
  const held = gate();
  const service = await start([notes(held), tokens], { conf: '[kts]\ndrain_timeout = 0.2\n' });
  const answer = keptConnection(service.url)('/v3/services').catch(({ code }: { code: string }) => code);
  await expect.poll(() => held.waiting).toBe(1);
  await service.close();
  expect(await answer).toBe('ECONNRESET');
});

test('half a request is cut after drain_timeout too', async () => {
  const service = await start([notes(), tokens], { conf: '[kts]\ndrain_timeout = 0.2\n' });
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.write('GET /v3/regions HTTP/1.1\r\n');
  const cut = once(socket.on('error', () => undefined).resume(), 'close');
  await sleep(100);
  await service.close();
  await cut;
});

test('a connection that was never used does not hold up the end', async () => {
  const service = await start([notes(), tokens], { conf: '[kts]\ndrain_timeout = 3600\n' });
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  const ended = once(socket.resume(), 'close');
  await once(socket, 'connect');
  await keptConnection(service.url)('/v3/regions');
  await service.close();
  await ended;
});

test('closing twice is closing once', async () => {
  const closed: string[] = [];
  const service = await start([{ ...notes(), close: () => void closed.push('notes') }, tokens]);
  await Promise.all([service.close(100), service.close()]);
  expect(closed).toEqual(['notes']);
});
