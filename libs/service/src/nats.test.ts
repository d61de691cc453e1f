import { expect, test } from 'vitest';
import { notes, tokens, weatherman } from './module.fixture.ts';
import { cable, cloud, start } from './service.fixture.ts';

const url = process.env['KTS_TEST_NATS_URL'];
if (!url && process.env['CI']) throw new Error('KTS_TEST_NATS_URL names no NATS server');

const onNats = (name: string, more = '') => ({
  conf: `[kts]\nnats_url = ${url}\nnats_name = ${name}\nquestion_timeout = 1\n${more}`,
});

const sunny = async () => 'sunny';

test.runIf(url)('who asks is known across the bus, and what the token service says reaches the client', async () => {
  const name = cloud();
  await start([tokens], onNats(name));
  const service = await start([notes()], onNats(name));
  const asked = async (token: string) => {
    const response = await service.get('/v3/regions', token);
    return { status: response.status, body: await response.json(), headers: Object.fromEntries(response.headers) };
  };
  expect(await asked('reader')).toMatchObject({ status: 200, body: { regions: [] } });
  expect((await asked('no-good')).status).toBe(401);
  expect(await asked('of-a-disabled-project')).toMatchObject({
    status: 404,
    body: { error: { code: 404, title: 'Not Found', message: 'Could not find project: p1.' } },
  });
  expect(await asked('of-a-trust')).toMatchObject({
    status: 503,
    headers: { 'x-keystone-hand-over': 'python' },
    body: { error: { message: 'a token of a trust is served by Python Keystone only.' } },
  });
});

test.runIf(url)('a peer that is not there is 503, and so is one that does not answer in time', async () => {
  const name = cloud();
  const service = await start([notes()], onNats(name));
  const status = async (token: string) => {
    const response = await service.get('/v3/regions', token);
    return [response.status, response.headers.get('retry-after'), ((await response.json()) as never)['error']];
  };
  const away = { code: 503, title: 'Service Unavailable' };
  const message = 'The token service does not answer. The request can be repeated.';
  expect(await status('reader')).toEqual([503, '1', { ...away, message }]);
  const peer = await start([tokens], onNats(name, 'drain_timeout = 0.1\n'));
  expect((await service.get('/v3/regions', 'reader')).status).toBe(200);
  expect(await status('never')).toEqual([503, '1', { ...away, message }]);
  await peer.close();
  expect(await status('reader')).toEqual([503, '1', { ...away, message }]);
  expect(service.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', status: 503, reason: expect.stringContaining('token.introspect') }),
  );
});

test.runIf(url)('questions under way are answered before the end', async () => {
  const name = cloud();
  const answer = Promise.withResolvers<string>();
  let asked = 0;
  const peer = await start([weatherman(() => ((asked += 1), answer.promise))], onNats(name));
  const service = await start([notes()], onNats(name, 'question_timeout = 20\n'));
  const response = service.get('/v3/limits');
  await expect.poll(() => asked).toBe(1);
  const closed = peer.close();
  await expect
    .poll(() =>
      fetch(peer.url).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed');
  answer.resolve('rainy');
  expect(await (await response).json()).toEqual({ weather: 'rainy' });
  await closed;
});

test.runIf(url)(
  'what this process answers itself does not need NATS; /readyz says that it is away, and back',
  async () => {
    const { hostname, port } = new URL(url ?? '');
    const wire = await cable({ host: hostname, port: Number(port) });
    const secret = 'planted-nats-pass';
    const service = await start([notes(), tokens, weatherman(sunny)], {
      conf: `[kts]\nnats_url = nats://keystone:${secret}@127.0.0.1:${wire.port}\nnats_name = ${cloud()}\n`,
    });
    expect((await service.readyz()).text).toMatch(/^ready\n[^]*\[\+\] bus: 127\.0\.0\.1:\d+\n/);
    await wire.cut();
    await expect.poll(async () => (await service.readyz()).status).toBe(503);
    const { text } = await service.readyz();
    expect(text).toMatch(/^not ready\n\[\+\] database: answers\n\[-\] bus: 127\.0\.0\.1:\d+: /);
    expect(text).not.toContain(secret);
    expect((await service.get('/v3/regions', 'reader')).status).toBe(200);
    expect(await (await service.get('/v3/limits')).json()).toEqual({ weather: 'sunny' });
    await wire.mend();
    await expect.poll(async () => (await service.readyz()).status, { timeout: 10_000 }).toBe(200);
    expect(JSON.stringify(service.lines)).not.toContain(secret);
  },
);

test.runIf(url)('a process starts while NATS is away', async () => {
  const { hostname, port } = new URL(url ?? '');
  const wire = await cable({ host: hostname, port: Number(port) });
  await wire.cut();
  const service = await start([notes()], {
    conf: `[kts]\nnats_url = nats://127.0.0.1:${wire.port}\nnats_name = ${cloud()}\n`,
  });
  expect((await service.readyz()).status).toBe(503);
  await wire.mend();
  await expect.poll(async () => (await service.readyz()).status, { timeout: 10_000 }).toBe(200);
});
