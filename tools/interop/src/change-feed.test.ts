import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsBus, on, type Bus } from '@keystone/bus';
import { feedChanges, type FeedEvent } from '@keystone/contracts';
import { layDownSchema, openDatabase } from '@keystone/database';
import { followFeed, type Feed } from '@keystone/feed';
import { freeBase, startStack, type Stack } from '@keystone/stack-tool';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const PATIENCE = { timeout: 30_000, interval: 5 };

/** MariaDB and NATS of its own: they are stopped, killed and emptied here. */
let stack: Stack;
let conf: string;
let bus: Bus;
let feed: Feed;
let events: FeedEvent[];
let roles: string[];
let started: ChildProcess[];

const lively = () => expect.poll(() => feed.why(), PATIENCE).toBe('');
const heard = (...ids: string[]) => expect.poll(() => roles, PATIENCE).toEqual(ids);
const addRole = (id: string) => stack.sql(`INSERT INTO role (id, name) VALUES ('${id}', '${id}')`);
const term = () => Number(events.at(-1)?.epoch.split('.')[0]);

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'keystone-ts-feed-'));
  chmodSync(dir, 0o711);
  stack = await startStack({ dir, base: await freeBase(), only: ['mariadb', 'nats'], atExit: 'clean' });
  const { hostname: host, port, username: user, password } = new URL(stack.urls.mysql);
  const address = { kind: 'mysql' as const, host, port: Number(port), user, password, database: 'keystone' };
  const database = await openDatabase(address, { entities: [] });
  await layDownSchema(database);
  await database.close();
  await stack.sql(`
    CREATE USER 'feed'@'127.0.0.1' IDENTIFIED BY 'feed';
    GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'feed'@'127.0.0.1';
    GRANT SELECT ON keystone.* TO 'feed'@'127.0.0.1'`);
  conf = join(dir, 'feed.conf');
  writeFileSync(
    conf,
    [
      '[database]',
      `connection = mysql+pymysql://feed:feed@127.0.0.1:${port}/keystone`,
      '[kts]',
      `nats_url = ${stack.urls.nats}`,
      'bind = 127.0.0.1:0',
      'health_bind = 127.0.0.1:0',
      '',
    ].join('\n'),
  );
});
afterAll(() => stack.down({ clean: true }));

beforeEach(async () => {
  await stack.sql('DELETE FROM role');
  started = [];
  [events, roles] = [[], []];
  bus = await natsBus({ servers: stack.urls.nats, service: 'test', drainTimeout: 500 });
  on(bus, feedChanges, (event) => void events.push(event));
  feed = followFeed(bus, { clock: () => performance.now() });
  feed.onReset(() => void roles.push('reset'));
  feed.onChanges((changes) => {
    for (const { table, before, after } of changes) if (table === 'role') roles.push(String((after ?? before)?.['id']));
  });
});
afterEach(async () => {
  for (const process of started) {
    process.kill('SIGCONT');
    process.kill('SIGTERM');
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
  }
  feed.close();
  await bus.drain();
});

interface Feeder {
  process: ChildProcess;
  log(): string;
  readiness(): Promise<string>;
}

async function feeder(): Promise<Feeder> {
  const main = join(ROOT, 'apps/change-feed/src/main.ts');
  const process = spawn(
    globalThis.process.execPath,
    ['--disable-warning=ExperimentalWarning', main, '--config-file', conf],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  started.push(process);
  let log = '';
  process.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const health = () => /"health":"([^"]+)"/.exec(log)?.[1];
  await expect.poll(() => health() ?? log, PATIENCE).toMatch(/^http/);
  return { process, log: () => log, readiness: async () => (await fetch(`${health()}/readyz`)).text() };
}

/** One that is active and another that stands by, and a follower that is live. */
async function pair(): Promise<{ active: Feeder; standby: Feeder }> {
  const active = await feeder();
  await lively();
  const standby = await feeder();
  await expect.poll(() => standby.log(), PATIENCE).toContain('standing by');
  // The lease says of it by now.
  await addRole('first');
  await expect.poll(() => roles.at(-1), PATIENCE).toBe('first');
  const { number } = events.at(-1) as FeedEvent;
  await expect
    .poll(async () => (await bus.register('feed.lease').read())?.value, PATIENCE)
    .toMatchObject({ kept: { number } });
  roles.length = 0;
  return { active, standby };
}

/** Milliseconds until another process has published, and the follower is live by it. */
async function takenOver(kill: () => void): Promise<number> {
  const before = term();
  const began = performance.now();
  kill();
  await expect.poll(() => term() > before && feed.live(), PATIENCE).toBe(true);
  return performance.now() - began;
}

test('a killed process is replaced within two seconds, and nobody forgets anything', async () => {
  const { active, standby } = await pair();
  await addRole('a');
  await heard('a');
  expect(await takenOver(() => void active.process.kill('SIGKILL'))).toBeLessThan(2_000);
  await addRole('b');
  await expect.poll(() => roles.at(-1), PATIENCE).toBe('b');
  expect(roles).not.toContain('reset');
  expect(await standby.readiness()).toContain('[+] change feed: active');
});

test('a process that ends in order is replaced before anybody notices', async () => {
  const { active } = await pair();
  let lost = 0;
  const watching = setInterval(() => (lost += feed.live() ? 0 : 1), 1);
  await takenOver(() => void active.process.kill('SIGTERM'));
  clearInterval(watching);
  expect(lost).toBe(0);
  await addRole('a');
  await heard('a');
});

test('a process that is stopped past its lease is replaced, and what it says afterwards changes nothing', async () => {
  const { active, standby } = await pair();
  await takenOver(() => void active.process.kill('SIGSTOP'));
  await addRole('a');
  active.process.kill('SIGCONT');
  await expect.poll(() => active.log(), PATIENCE).toContain('active no longer');
  await addRole('b');
  await heard('a', 'b');
  await lively();
  expect(await standby.readiness()).toContain('[+] change feed: active');
});

test('while MariaDB hangs nobody is live, and afterwards nothing is missing', async () => {
  await pair();
  await stack.kill('mariadb', 'SIGSTOP');
  await expect.poll(() => feed.live(), PATIENCE).toBe(false);
  await stack.kill('mariadb', 'SIGCONT');
  await addRole('a');
  await heard('a');
  await lively();
});

test('after a restart of MariaDB nothing is missing, though its log is a new file', async () => {
  await pair();
  await addRole('a');
  await stack.restart('mariadb');
  await addRole('b');
  await heard('a', 'b');
  await lively();
});

test('MariaDB that was killed may have lost something, so everybody forgets', async () => {
  await pair();
  await addRole('a');
  await stack.kill('mariadb');
  await expect.poll(() => feed.live(), PATIENCE).toBe(false);
  await stack.start('mariadb');
  await addRole('b');
  await heard('a', 'reset', 'b');
  await lively();
});

test('while NATS is away nobody is live, and afterwards everybody is', async () => {
  await pair();
  await stack.kill('nats');
  await expect.poll(() => feed.live(), PATIENCE).toBe(false);
  await addRole('a');
  await stack.start('nats');
  await lively();
  await addRole('b');
  await expect.poll(() => roles.at(-1), PATIENCE).toBe('b');
  // Whether it was told of again or not: nobody remembers what was before it.
  expect(roles.filter((told) => told !== 'b')).toContainEqual(expect.toBeOneOf(['a', 'reset']));
});

test('NATS that has lost what it kept is as good as new', async () => {
  await pair();
  await stack.kill('nats');
  rmSync(join(stack.dir, 'nats/jetstream'), { recursive: true });
  await stack.start('nats');
  await expect.poll(() => roles, PATIENCE).toContain('reset');
  let count = 0;
  const told = async () => {
    const id = `after-${++count}`;
    await addRole(id);
    await feed.settle();
    return feed.live() && roles.at(-1) === id;
  };
  await expect.poll(told, PATIENCE).toBe(true);
});

test('where the log is gone it begins anew, and everybody forgets', async () => {
  const { active, standby } = await pair();
  for (const { process } of [active, standby]) {
    process.kill('SIGKILL');
    await once(process, 'exit');
  }
  // A file that is still being sent is not deleted.
  const sending = `SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'`;
  await expect.poll(() => stack.sql(sending), PATIENCE).toEqual([]);
  await addRole('a');
  await stack.sql('FLUSH BINARY LOGS');
  const [row] = await stack.sql('SHOW MASTER STATUS');
  // Nor one that InnoDB would need after a crash.
  const purge = async () => {
    await stack.sql(`PURGE BINARY LOGS TO '${String(row?.['File'])}'`);
    return stack.sql('SHOW BINARY LOGS');
  };
  await expect.poll(purge, PATIENCE).toHaveLength(1);
  const next = await feeder();
  await lively();
  expect(next.log()).toContain('Could not find first log file name');
  await addRole('b');
  await heard('reset', 'b');
});

test('a compressed log is read like any other', async () => {
  await stack.sql('SET GLOBAL log_bin_compress = ON; SET GLOBAL log_bin_compress_min_len = 10');
  await pair();
  const long = 'x'.repeat(250);
  await stack
    .sql(
      `
    INSERT INTO role (id, name, description) SELECT CONCAT('many-', seq), CONCAT('many-', seq), '${long}' FROM seq_1_to_50;
    UPDATE role SET description = 'y' WHERE id LIKE 'many-%';
    DELETE FROM role WHERE id LIKE 'many-%'`,
    )
    .catch((error: unknown) => expect.fail(String(error)));
  await addRole('last');
  await expect.poll(() => roles.at(-1), PATIENCE).toBe('last');
  expect(roles).toHaveLength(151);
  await stack.sql('SET GLOBAL log_bin_compress = OFF');
});

test('a binlog that does not hold whole rows is not followed, and it says what to set', async () => {
  await stack.sql('SET GLOBAL binlog_row_image = MINIMAL');
  const only = await feeder();
  await expect.poll(only.readiness, PATIENCE).toContain('SET GLOBAL binlog_row_image = FULL');
  expect(feed.live()).toBe(false);
  await stack.sql('SET GLOBAL binlog_row_image = FULL');
  await lively();
});
