import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'nats';
import { expect, test } from 'vitest';
import { query } from './mariadb.ts';
import { freeBase } from './ports.ts';
import { run } from './run.ts';
import { startStack } from './stack.ts';
import { testServers } from './test-servers.ts';
import { processesIn, temporaryFolder } from './testing.ts';

test('unit suites get a MariaDB, a NATS with JetStream and a Python that has Keystone, for as long as they want', async () => {
  const servers = await testServers();
  try {
    const database = 'CREATE DATABASE kts_one; USE kts_one; CREATE TABLE t (id INT); INSERT INTO t VALUES (7)';
    await query(servers.KTS_TEST_MYSQL_URL, database);
    expect(await query(`${servers.KTS_TEST_MYSQL_URL}kts_one`, 'SELECT id FROM t')).toEqual([{ id: 7 }]);
    const nats = await connect({ servers: servers.KTS_TEST_NATS_URL });
    expect((await (await nats.jetstreamManager()).getAccountInfo()).streams).toBe(0);
    await nats.close();
    await run(servers.KEYSTONE_PYTHON, ['-c', 'import keystone, pymysql']);
  } finally {
    await servers.stop();
  }
  const port = new URL(servers.KTS_TEST_MYSQL_URL).port;
  expect(processesIn(`--port=${port}`)).toEqual([]);
}, 300_000);

test('a folder that other users cannot enter holds a MariaDB all the same', async () => {
  const closed = temporaryFolder(0o700);
  const dir = join(closed, 'stack');
  mkdirSync(dir);
  const stack = await startStack({ dir, base: await freeBase(), only: ['mariadb'] });
  expect(await stack.sql('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await stack.down({ clean: true });
  expect(existsSync(dir)).toBe(false);
  rmSync(closed, { recursive: true });
}, 60_000);
