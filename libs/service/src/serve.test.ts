import { testKinds, testPlace } from '@keystone/database/testing';
import { expect, onTestFinished, test } from 'vitest';
import { notes, SECRETS, tokens } from './module.fixture.ts';
import { serve } from './serve.ts';
import { cable, start } from './service.fixture.ts';

const both = [notes(), tokens];
const quiet = () => undefined;

test('operations are answered to whom policy allows them', async () => {
  const service = await start([notes()], { alsoAnswer: [tokens] });
  const asked = async (token?: string) => (await service.get('/v3/regions', token)).status;
  expect([await asked(), await asked('no-good'), await asked('reader'), await asked('admin')]).toEqual([
    401, 401, 200, 200,
  ]);
  const create = (token: string) =>
    fetch(`${service.url}/v3/regions`, {
      method: 'POST',
      headers: { 'x-auth-token': token, 'content-type': 'application/json' },
      body: JSON.stringify({ region: { id: 'a', text: 'b' } }),
    });
  expect((await create('reader')).status).toBe(403);
  const created = await create('admin');
  expect([created.status, created.headers.get('x-keystone-service')]).toEqual([201, 'notes']);
  expect(await (await service.get('/v3/regions', 'admin')).json()).toEqual({ regions: [{ id: 'a', text: 'b' }] });
});

test('of modules that only answer, no operation is served', async () => {
  const service = await start([tokens], { alsoAnswer: [notes()] });
  expect((await service.get('/v3/regions', 'admin')).status).toBe(404);
});

test('a table that two modules claim is refused', async () => {
  await expect(start([notes(), notes()])).rejects.toThrow('table note stands in two modules');
});

test('/healthz says that the process lives, and nothing else is on its port', async () => {
  const { healthUrl } = await start(both);
  const response = await fetch(`${healthUrl}/healthz`);
  expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  expect((await fetch(`${healthUrl}/v3/regions`)).status).toBe(404);
});

test('/readyz has a line for each dependency', async () => {
  const { readyz, get } = await start(both);
  expect(await readyz()).toEqual({
    status: 200,
    text: 'ready\n[+] database: answers\n[+] bus: in this process\nreloads 0\n',
  });
  const healthcheck = await get('/healthcheck');
  expect([healthcheck.status, await healthcheck.text()]).toEqual([200, 'OK']);
});

test.runIf(testKinds.includes('mysql'))('a database that goes is told by /readyz, and so is its return', async () => {
  const { url, remove } = await testPlace('mysql');
  onTestFinished(remove);
  if (url.kind !== 'mysql') throw new Error('asked for MySQL');
  const { port, cut, mend } = await cable(url);
  const login = `${encodeURIComponent(url.user)}:${encodeURIComponent(url.password)}`;
  const { readyz, get } = await start(both, {
    conf: `[database]\nconnection = mysql+pymysql://${login}@127.0.0.1:${port}/${url.database}\n`,
  });
  expect((await readyz()).text).toContain('[+] database: answers');

  await cut();
  const { status, text } = await readyz();
  expect(status).toBe(503);
  expect(text).toMatch(/^not ready\n\[-\] database: The database cannot be reached/);
  const refused = await get('/v3/regions', 'admin');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);

  await mend();
  await expect.poll(async () => (await readyz()).status).toBe(200);
});

test('a database that is away at the start ends it, with words that say so and no password', async () => {
  const conf = `[database]\nconnection = mysql+pymysql://keystone:${SECRETS.password}@127.0.0.1:1/keystone\n`;
  const starting = start(both, { conf });
  await expect(starting).rejects.toThrow('[database] connection cannot be used: ECONNREFUSED');
  await expect(starting).rejects.not.toThrow(SECRETS.password);
});

test('an address that is taken ends the start, and what was opened is closed', async () => {
  const first = await start(both);
  const taken = new URL(first.url).host;
  const closed: string[] = [];
  const closing = { ...notes(), close: () => void closed.push('notes') };
  const overrides = { bind: taken, health_bind: '127.0.0.1:0' };
  await expect(serve([closing], { sources: { overrides }, write: quiet })).rejects.toThrow(
    `--bind ${taken} is taken by another process`,
  );
  expect(closed).toEqual(['notes']);
});

test.each(['localhost', '127.0.0.1:99999', '127.0.0.1:x', '::1:5000'])('%s is no address', async (bind) => {
  await expect(
    serve(both, { sources: { overrides: { bind, health_bind: '127.0.0.1:0' } }, write: quiet }),
  ).rejects.toThrow(`--bind '${bind}' is no HOST:PORT`);
});

test('/metrics counts requests by the name of their policy', async () => {
  const { get, healthUrl } = await start(both);
  await get('/v3/regions', 'reader');
  await get('/v3/regions');
  await get('/v3/endpoints');
  const response = await fetch(`${healthUrl}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await response.text();
  const counted = (operation: string, status: number) =>
    new RegExp(
      `^http_server_request_duration_seconds_count\\{operation="${operation}",method="GET",status="${status}"\\} 1$`,
      'm',
    );
  expect(text).toMatch(counted('identity:list_regions', 200));
  expect(text).toMatch(counted('identity:list_regions', 401));
  expect(text).toMatch(counted('GET /v3/endpoints', 500));
  expect(text).toMatch(/^keystone_sql_statement_duration_seconds_count\{.*table="note".*\} 1$/m);
});

test('log lines are JSON, name the request, and hold no secret', async () => {
  const { get, lines } = await start(both, { conf: '[kts]\nlog_level = debug\n' });
  const failed = await get('/v3/endpoints', SECRETS.token);
  const refused = await get('/v3/regions', SECRETS.token);
  expect(await failed.json()).toEqual({
    error: {
      code: 500,
      title: 'Internal Server Error',
      message: 'An unexpected error prevented the server from fulfilling your request.',
    },
  });
  const requestOf = (response: Response) => response.headers.get('x-openstack-request-id');
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', service: 'keystone', request_id: requestOf(failed), status: 500 }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'debug', operation: 'identity:list_regions', request_id: requestOf(refused) }),
  );
  for (const secret of Object.values(SECRETS)) expect(JSON.stringify(lines)).not.toContain(secret);
});
