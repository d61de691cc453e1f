import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { cloudsIn, directory, logIn, start } from './embedded.fixture.ts';

test('one process alone remembers, forgets what it writes, and what another process writes to its file', async () => {
  const data = directory();
  const keystone = await start({ data });
  const [subject = '', admin = ''] = await Promise.all(
    [1, 2].map(async () => (await logIn(cloudsIn(keystone.clouds).keystone)).headers.get('x-subject-token') ?? ''),
  );
  const send = (method: string, token: string) =>
    fetch(`${keystone.url}/v3/auth/tokens`, { method, headers: { 'x-auth-token': admin, 'x-subject-token': token } });
  const hits = async () =>
    Number(/^keystone_token_memory_hits\S* (\S+)/m.exec(await (await fetch(`${keystone.health}/metrics`)).text())?.[1]);

  await send('GET', subject);
  const before = await hits();
  expect((await send('GET', subject)).status).toBe(200);
  expect(await hits()).toBeGreaterThan(before);

  expect((await send('DELETE', subject)).status).toBe(204);
  expect((await send('GET', subject)).status).toBe(404);

  expect((await send('GET', admin)).status).toBe(200);
  const other = new DatabaseSync(join(data, 'keystone.db'));
  other.exec("UPDATE project SET name = 'renamed' WHERE name = 'admin'");
  other.close();
  const name = async () =>
    ((await (await send('GET', admin)).json()) as { token: { project: { name: string } } }).token.project.name;
  await expect.poll(name, { timeout: 3000, interval: 20 }).toBe('renamed');
  await keystone.kill();
});
