import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { begin, cloudsIn, directory, freeAddress, logIn, start, type Embedded } from './embedded.fixture.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;
const passwordIn = (path: string) => cloudsIn(path).keystone.auth.password;

/** Who can log in by its clouds.yaml: with a project, and on the system. */
async function works({ clouds, health }: Embedded): Promise<void> {
  const { keystone, 'keystone-system': system } = cloudsIn(clouds);
  expect((await fetch(`${health}/readyz`)).status).toBe(200);
  expect([(await logIn(keystone)).status, (await logIn(system)).status]).toEqual([201, 201]);
}

const endpointsIn = (data: string) =>
  new DatabaseSync(join(data, 'keystone.db'), { readOnly: true })
    .prepare('SELECT interface, url FROM endpoint ORDER BY interface')
    .all();

test('the first start makes all that is needed and says what to type next', async () => {
  const data = join(directory(), 'new');
  const keystone = await start({ data });
  const [answers, ...next] = keystone.said().trimEnd().split('\n');
  expect(answers).toMatch(
    new RegExp(
      `^Keystone answers at ${keystone.url}/v3, ready after \\d+\\.\\d s\\. Next, with python-openstackclient:$`,
    ),
  );
  expect(next).toEqual([
    `  export OS_CLIENT_CONFIG_FILE=${keystone.clouds} OS_CLOUD=keystone`,
    '  openstack token issue',
  ]);
  await works(keystone);
  expect([data, join(data, 'fernet-keys')].map(modeOf)).toEqual([0o700, 0o700]);
  const files = ['clouds.yaml', 'keystone.conf', 'keystone.db', 'fernet-keys/0', 'fernet-keys/1', 'credential-keys/1'];
  expect(files.map((name) => modeOf(join(data, name)))).toEqual(files.map(() => 0o600));
  expect(cloudsIn(keystone.clouds).keystone.auth.auth_url).toBe(`${keystone.url}/v3`);
  expect(keystone.logged()).not.toContain(passwordIn(keystone.clouds));
  expect(await keystone.kill()).toBe(0);
});

test('files in a directory that is open to others are closed to them', async () => {
  const data = directory();
  const { kill } = await start({ data });
  expect(['clouds.yaml', 'keystone.conf', 'keystone.db'].map((name) => modeOf(join(data, name)))).toEqual([
    0o600, 0o600, 0o600,
  ]);
  await kill();
});

test('the second start finds everything', async () => {
  const data = directory();
  const bind = await freeAddress();
  const first = await start({ data, bind });
  const token = (await logIn(cloudsIn(first.clouds).keystone)).headers.get('x-subject-token') ?? '';
  await first.kill();
  const clouds = readFileSync(first.clouds, 'utf8');

  const second = await start({ data, bind, env: { OS_BOOTSTRAP_PASSWORD: 'not-asked-for' } });
  expect(readFileSync(second.clouds, 'utf8')).toBe(clouds);
  await works(second);
  const validated = await fetch(`${second.url}/v3/auth/tokens`, {
    headers: { 'x-auth-token': token, 'x-subject-token': token },
  });
  expect(validated.status).toBe(200);
  await second.kill();
});

test('OS_BOOTSTRAP_PASSWORD is the password; a clouds.yaml that was deleted brings another', async () => {
  const data = directory();
  const chosen = await start({ data, env: { OS_BOOTSTRAP_PASSWORD: 'chosen: "it"' } });
  const old = cloudsIn(chosen.clouds).keystone;
  expect(old.auth.password).toBe('chosen: "it"');
  await works(chosen);
  await chosen.kill();

  rmSync(chosen.clouds);
  const made = await start({ data, bind: new URL(chosen.url).host });
  expect(passwordIn(made.clouds)).toMatch(/^[\w-]{20}$/);
  await works(made);
  expect((await logIn(old)).status).toBe(401);
  await made.kill();
});

test.each(['keystone.conf', 'keystone.db', 'fernet-keys', 'fernet-keys/1', 'credential-keys', 'clouds.yaml'])(
  'a start that is killed as soon as there is %s is completed by the next',
  async (name) => {
    const data = join(directory(), 'new');
    const killed = await begin({ data });
    await expect.poll(() => existsSync(join(data, name)), { timeout: 30_000, interval: 1 }).toBe(true);
    expect(await killed.kill('SIGKILL')).toBeNull();
    const next = await start({ data });
    await works(next);
    await next.kill();
  },
);

test('at another address clients and catalog follow, and what the user wrote into clouds.yaml stays', async () => {
  const data = directory();
  const first = await start({ data });
  await first.kill();
  writeFileSync(first.clouds, `# mine\n${readFileSync(first.clouds, 'utf8')}`);

  const second = await start({ data });
  expect(second.url).not.toBe(first.url);
  expect(readFileSync(second.clouds, 'utf8')).toMatch(/^# mine\n/);
  await works(second);
  const url = `${second.url}/v3/`;
  expect(endpointsIn(data)).toEqual(['admin', 'internal', 'public'].map((name) => ({ interface: name, url })));
  await second.kill();
});

test('a directory of any name will do', async () => {
  const data = join(directory(), "it's $5 of mine");
  const keystone = await start({ data });
  await works(keystone);
  expect(keystone.said()).toContain(`OS_CLIENT_CONFIG_FILE='${join(data, 'clouds.yaml').replace("'", "'\\''")}'`);
  await keystone.kill();
});

test('SIGHUP reads its keystone.conf again', async () => {
  const data = directory();
  const keystone = await start({ data });
  const file = join(data, 'keystone.conf');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n[DEFAULT]\npublic_endpoint = http://new.example\n`);
  keystone.signal('SIGHUP');
  const reloads = async () => (await fetch(`${keystone.health}/readyz`)).text();
  await expect.poll(reloads).toMatch(/^ready\n[^]*\nreloads 1\n$/);
  expect((await fetch(`${keystone.url}/v3/users`)).headers.get('www-authenticate')).toContain('http://new.example/v3');
  await works(keystone);
  await keystone.kill();
});

test('a taken port is told, with the flag for another', async () => {
  const first = await start({ data: directory() });
  const bind = new URL(first.url).host;
  const second = await begin({ data: directory(), bind });
  expect(await second.ended).toBe(1);
  expect(second.logged()).toContain(`--bind ${bind} is taken by another process\n`);
  expect(second.logged()).not.toMatch(/^ +at /m);
  await first.kill();
});

test.each([
  ['a flag that is none', { bind: '127.0.0.1' }, "--bind '127.0.0.1' is no HOST:PORT\n"],
  ['a directory that cannot be made', { data: '/dev/null/data' }, "ENOTDIR: not a directory, mkdir '/dev/null/data'\n"],
])('%s ends it with 1 and a line', async (_what, options, line) => {
  const { ended, logged } = await begin({ data: directory(), ...options });
  expect(await ended).toBe(1);
  expect(logged()).toContain(line);
  expect(logged()).not.toMatch(/^ +at /m);
});
