import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { certificate, openFolder } from './certificate.fixture.ts';
import { pythonCache, regionKey, type CacheOptions } from './index.ts';
import { freePort, has, memcached, put, type Memcached } from './memcached.fixture.ts';
import { DEFAULTS } from './options.fixture.ts';

const { folder, remove } = openFolder();
const KEY = regionKey('tokens');
const server = certificate(folder, 'server');
const stranger = certificate(folder, 'stranger');
const running: Memcached[] = [];

async function start(...args: Parameters<typeof memcached>): Promise<Memcached> {
  const started = await memcached(...args);
  running.push(started);
  return started;
}

afterAll(async () => {
  await Promise.all(running.map((each) => each.stop()));
  remove();
});

/** Has the region of the tokens forgotten. Returns what was logged, and how it went. */
async function forget(options: Partial<CacheOptions>) {
  const lines: unknown[] = [];
  const line = (...fields: unknown[]) => void lines.push(fields);
  const outcomes: string[] = [];
  const observe = ({ outcome }: { outcome: string }) => void outcomes.push(outcome);
  const cache = pythonCache({ ...DEFAULTS, ...options }, { log: { info: line, warn: line }, observe });
  await cache.invalidate(['tokens']);
  const status = cache.status();
  await cache.close();
  return { outcomes, status, logged: JSON.stringify(lines) };
}

test('a server is reached by name, address and socket', async () => {
  const { port } = await start();
  for (const address of [`127.0.0.1:${port}`, `inet:127.0.0.1:${port}`, `localhost:${port}`]) {
    await put(port, KEY);
    expect(await forget({ memcache_servers: [address] })).toMatchObject({ outcomes: ['done'] });
    expect([address, await has(port, KEY)]).toEqual([address, false]);
  }
});

test('a server is reached by a Unix socket', async () => {
  const path = join(folder, 'socket');
  await start({ path });
  for (const address of [path, `unix:${path}`]) {
    await put(path, KEY);
    expect(await forget({ memcache_servers: [address] })).toMatchObject({ outcomes: ['done'] });
    expect([address, await has(path, KEY)]).toEqual([address, false]);
  }
});

const hasIPv6 = networkInterfaces()['lo']?.some(({ family }) => family === 'IPv6');

test.runIf(hasIPv6)('a server is reached by IPv6', async () => {
  const { port } = await start({ listen: () => '127.0.0.1,::1' });
  for (const address of [`inet6:[::1]:${port}`, `[::1]:${port}`]) {
    await put(port, KEY);
    expect(await forget({ memcache_servers: [address] })).toMatchObject({ outcomes: ['done'] });
    expect([address, await has(port, KEY)]).toEqual([address, false]);
  }
});

test('what is not Keystone’s stays', async () => {
  const { port } = await start();
  await put(port, 'mine');
  await put(port, regionKey('revoke'));
  await forget({ memcache_servers: [`127.0.0.1:${port}`] });
  expect([await has(port, 'mine'), await has(port, regionKey('revoke'))]).toEqual([true, true]);
});

test('on each of several servers it is forgotten', async () => {
  const several = await Promise.all([start(), start()]);
  for (const { port } of several) await put(port, KEY);
  const memcache_servers = several.map(({ port }) => `127.0.0.1:${port}`);
  expect(await forget({ memcache_servers })).toMatchObject({ outcomes: ['done'] });
  for (const { port } of several) expect(await has(port, KEY)).toBe(false);
});

test('a list of servers in backend_argument goes before memcache_servers', async () => {
  const several = await Promise.all([start(), start()]);
  for (const { port } of several) await put(port, KEY);
  const url = several.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const options = { memcache_servers: ['127.0.0.1:1'], backend_argument: ['distributed_lock:true', `url:${url}`] };
  expect(await forget(options)).toMatchObject({ outcomes: ['done'] });
  for (const { port } of several) expect(await has(port, KEY)).toBe(false);
});

/** A memcached that speaks TLS on one port, and nothing on the other, for the test. */
async function startTls(...more: string[]) {
  const secure = await freePort();
  const tls = ['-Z', '-o', [`ssl_chain_cert=${server.cert}`, `ssl_key=${server.key}`, ...more].join(',')];
  const { port } = await start({ listen: (plain) => `127.0.0.1:${secure},notls:127.0.0.1:${plain}`, args: tls });
  return { port, memcache_servers: [`127.0.0.1:${secure}`] };
}

const TLS: Partial<CacheOptions> = { tls_enabled: true, tls_cafile: server.cert };

test.each(['dogpile.cache.pymemcache', 'oslo_cache.memcache_pool'])('%s with TLS', async (backend) => {
  const { port, memcache_servers } = await startTls();
  await put(port, KEY);
  const good = { ...TLS, backend, memcache_servers, tls_allowed_ciphers: 'ECDHE+AESGCM' };
  expect(await forget(good)).toMatchObject({ outcomes: ['done'] });
  expect(await has(port, KEY)).toBe(false);
});

test('a server with a certificate of a stranger is told nothing', async () => {
  const { port, memcache_servers } = await startTls();
  await put(port, KEY);
  const bad = { ...TLS, backend: 'dogpile.cache.pymemcache', memcache_servers, tls_cafile: stranger.cert };
  expect(await forget(bad)).toMatchObject({ outcomes: ['postponed'] });
  expect(await has(port, KEY)).toBe(true);
});

test('a server that asks for a certificate is given ours', async () => {
  const { port, memcache_servers } = await startTls('ssl_verify_mode=2', `ssl_ca_cert=${stranger.cert}`);
  const without = { ...TLS, backend: 'dogpile.cache.pymemcache', memcache_servers };
  await put(port, KEY);
  expect(await forget(without)).toMatchObject({ outcomes: ['postponed'] });
  expect(await forget({ ...without, tls_certfile: stranger.cert, tls_keyfile: stranger.key })).toMatchObject({
    outcomes: ['done'],
  });
  expect(await has(port, KEY)).toBe(false);
});

const PASSWORD = 'planted-secret';

/** A memcached that takes only the binary protocol, and that only from `keystone@cloud`. */
async function startSasl() {
  const users = join(folder, 'users');
  const write = `tie my %users, "DB_File", $ARGV[0], O_CREAT | O_RDWR, 0644, $DB_HASH or die $!;
    $users{"keystone\\0cloud\\0userPassword"} = $ARGV[1];`;
  execFileSync('perl', ['-MDB_File', '-e', write, users, PASSWORD]);
  const conf = ['mech_list: plain', 'pwcheck_method: auxprop', 'auxprop_plugin: sasldb', `sasldb_path: ${users}`];
  writeFileSync(join(folder, 'memcached.conf'), conf.join('\n'));
  const { port } = await start({ args: ['-S'], env: { SASL_CONF_PATH: folder } });
  return { memcache_servers: [`127.0.0.1:${port}`], username: 'keystone@cloud' };
}

// What most machines have that writes a list of SASL users.
const canListUsers = spawnSync('perl', ['-MDB_File', '-e', '1']).status === 0;

test.runIf(canListUsers || process.env['CI'])('a server that wants a login gets it, where Python logs in', async () => {
  const sasl = await startSasl();
  const login = { ...sasl, password: PASSWORD };
  const pool = { ...login, backend: 'oslo_cache.memcache_pool' };
  expect(await forget({ ...login, backend: 'dogpile.cache.bmemcached' })).toMatchObject({ outcomes: ['done'] });
  expect(await forget({ ...pool, memcache_sasl_enabled: true })).toMatchObject({ outcomes: ['done'] });
  expect(await forget(pool)).toMatchObject({ outcomes: ['postponed'] });

  const wrong = await forget({ ...pool, memcache_sasl_enabled: true, password: `${PASSWORD}!` });
  expect(wrong.status.servers).toMatchObject([{ pending: 1, problem: 'it refuses the login: status 0x20' }]);
  expect(wrong.logged).toContain('it refuses the login');
  expect(wrong.logged).not.toContain(PASSWORD);
});
