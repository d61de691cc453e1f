import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { testPlace } from '@keystone/database/testing';
import { setupKeys } from '@keystone/keys';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appNames, bundle, checkBundle, ROOT } from './bundle.ts';
import { ADMIN_PASSWORD, imageFolder, removeFolder, whileServing } from './image.fixture.ts';

const SERVICES = ['token', 'identity', 'assignment', 'catalog'];
const mysql = process.env.KTS_TEST_MYSQL_URL;
const nats = process.env.KTS_TEST_NATS_URL;
if (process.env.CI && !(mysql && nats))
  throw new Error('KTS_TEST_MYSQL_URL and KTS_TEST_NATS_URL must name servers in CI.');

let folder = '';
beforeAll(() => {
  folder = imageFolder();
});
afterAll(() => removeFolder(folder));

test('the bundle of every app holds our code, and of the packages only imports', async () => {
  expect(appNames()).toEqual(expect.arrayContaining([...SERVICES, 'keystone']));
  for (const app of appNames()) {
    const file = join(folder, `${app}.mjs`);
    expect(await bundle(app, file)).toEqual(expect.arrayContaining(['mysql2', 'typeorm']));
    expect(readFileSync(file, 'utf8')).not.toMatch(/from ["'](@keystone\/|\.)/);
  }
});

test('what is no app is an error that names the apps', async () => {
  await expect(bundle('../tools', join(folder, 'x.mjs'))).rejects.toThrow(/no app \.\.\/tools, only .*token/);
});

test('what would not be found in an image is an error: a package for development, a file beside the source', () => {
  expect(() => checkBundle('token', ['typeorm', 'vitest'], '')).toThrow('token imports vitest, not among');
  const place = (text: string) => () => checkBundle('token', [], text);
  expect(place("new URL('./data.json', import.meta.url)")).toThrow('token asks where its source is');
  expect(place('import.meta.resolve("./thread.ts")')).toThrow('token asks where its source is');
  expect(place('import.meta.resolve("@node-rs/bcrypt")')).not.toThrow();
});

test('npm takes the lock as an image is installed from it', async () => {
  const install = ['ci', '--omit=dev', '--ignore-scripts', '--dry-run'];
  const complaints = await promisify(execFile)('npm', install, { cwd: ROOT }).then(
    () => [],
    ({ stderr }: { stderr: string }) => stderr.match(/(Missing|Invalid): .*/g) ?? stderr,
  );
  expect(complaints).toEqual([]);
});

const login = {
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { name: 'admin', domain: { id: 'default' }, password: ADMIN_PASSWORD } },
    },
    scope: { project: { name: 'admin', domain: { id: 'default' } } },
  },
};

test('the embedded Keystone starts from its bundle, with SQLite, and its administrator logs in', async () => {
  await whileServing({ folder, app: 'keystone', args: ['--data-dir', join(folder, 'data')] }, async ({ url }) => {
    expect((await fetch(`${url}/v3`)).status).toBe(200);
    const headers = { 'content-type': 'application/json' };
    const issued = await fetch(`${url}/v3/auth/tokens`, { method: 'POST', headers, body: JSON.stringify(login) });
    expect(issued.status).toBe(201);
    const token = issued.headers.get('x-subject-token') ?? '';
    const users = await fetch(`${url}/v3/users`, { headers: { 'x-auth-token': token } });
    expect([users.status, await users.json()]).toMatchObject([200, { users: [{ name: 'admin' }] }]);
  });
});

/** A MySQL database and a key repository of this test's own, in a keystone.conf. */
async function place(name: string): Promise<{ conf: string; remove(): Promise<void> }> {
  const { url, remove } = await testPlace('mysql');
  if (url.kind !== 'mysql') throw new Error(`asked for MySQL, got ${url.kind}`);
  const directory = join(folder, name);
  mkdirSync(directory);
  const keys = join(directory, 'keys');
  setupKeys(keys);
  const account = [url.user, url.password ?? ''].map(encodeURIComponent).join(':');
  const sections = {
    database: `connection = mysql+pymysql://${account}@${url.host}:${url.port}/${url.database}`,
    fernet_tokens: `key_repository = ${keys}`,
    fernet_receipts: `key_repository = ${keys}`,
    credential: `key_repository = ${keys}`,
  };
  const conf = join(directory, 'keystone.conf');
  const written = Object.entries(sections).map(([section, option]) => `[${section}]\n${option}\n`);
  writeFileSync(conf, written.join(''));
  return { conf, remove };
}

test.skipIf(!mysql || !nats).each(SERVICES)('%s starts from its bundle, on MySQL and NATS', async (app) => {
  const { conf, remove } = await place(app);
  try {
    await whileServing({ folder, app, args: ['--config-file', conf, '--nats-url', nats ?? ''] }, async ({ health }) => {
      const readiness = async () => (await fetch(`${health}/readyz`)).text();
      await expect.poll(readiness).toMatch(/^ready\n\[\+\] database[^]*\n\[\+\] bus/);
    });
  } finally {
    await remove();
  }
});
