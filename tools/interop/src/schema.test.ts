import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { databaseUrl } from '@keystone/config';
import { ensureSchema, layDownSchema, openDatabase } from '@keystone/database';
import { afterAll, expect, test } from 'vitest';
import { ADMIN_PROJECT, call, logIn, passwordBody } from './client.ts';
import { interopStack } from './stack.ts';

let served: ChildProcess | undefined;
afterAll(() => void served?.kill());

/** A Python Keystone on those files. @returns where it answers */
async function serve(python: string, conf: string): Promise<string> {
  served = spawn(python, [join(import.meta.dirname, 'serve.py'), conf], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PYTHONWARNINGS: 'ignore' },
  });
  const lines = createInterface({ input: served.stdout ?? process.stdin });
  for await (const line of lines) return `http://127.0.0.1:${line}`;
  throw new Error('Python Keystone does not start');
}

test('our schema on an empty database: db_sync has no complaint, and Python serves it', async () => {
  const stack = await interopStack();
  const { KEYSTONE_PYTHON: python = '' } = await stack.env();
  const name = `laid_${randomUUID().slice(0, 8)}`;
  await stack.sql(`CREATE DATABASE ${name}; GRANT ALL ON ${name}.* TO 'keystone'@'127.0.0.1'`);
  const connection = stack.urls.database.replace(/\/keystone$/, `/${name}`);
  const database = await openDatabase(databaseUrl(connection), { entities: [] });
  await layDownSchema(database);
  expect(await ensureSchema(database)).toBe('present');
  await database.close();

  const conf = join(stack.dir, 'laid-by-us.conf');
  writeFileSync(conf, readFileSync(stack.conf, 'utf8').replace(stack.urls.database, connection), { mode: 0o600 });
  const manage = (...args: string[]) =>
    promisify(execFile)(join(dirname(python), 'keystone-manage'), ['--config-file', conf, ...args]);
  const before = await stack.sql(`SELECT version_num FROM ${name}.alembic_version ORDER BY 1`);
  await manage('db_sync');
  await manage('db_sync', '--check');
  expect(await stack.sql(`SELECT version_num FROM ${name}.alembic_version ORDER BY 1`)).toEqual(before);
  await manage('bootstrap', '--bootstrap-password', 'Laid-by-us-1');

  const base = await serve(python, conf);
  const login = { user: { name: 'admin', domain: { id: 'default' } }, password: 'Laid-by-us-1', scope: ADMIN_PROJECT };
  const { token } = await logIn(base, passwordBody(login));
  const made = await call(base, 'POST', '/v3/users', { token, body: { user: { name: 'ann', password: 'Pw-1' } } });
  expect(made.status).toBe(201);
  const { body } = await call(base, 'GET', '/v3/users', { token });
  expect(body.users.map(({ name }: { name: string }) => name).toSorted()).toEqual(['admin', 'ann']);
});
