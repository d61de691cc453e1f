import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPython, installServers } from './install.ts';
import { freeBase } from './ports.ts';
import { startStack } from './stack.ts';

/** What the unit suites are told by the environment, and how to end it. */
export interface TestServers {
  /** `mysql://user:password@127.0.0.1:port/` of an account that may do everything. */
  KTS_TEST_MYSQL_URL: string;
  KTS_TEST_NATS_URL: string;
  /** A Python that has Keystone. */
  KEYSTONE_PYTHON: string;
  stop: () => Promise<void>;
}

/**
 * MariaDB and NATS in a temporary folder on free ports; they go when this process does, or with `stop`. memcached is
 * installed: the suites that need one start their own.
 */
export async function testServers(): Promise<TestServers> {
  const dir = await mkdtemp(join(tmpdir(), 'keystone-ts-'));
  // Its files are closed to others one by one; MariaDB, being another user under root, must pass.
  await chmod(dir, 0o711);
  const { python } = await installPython();
  await installServers(['memcached']);
  const stack = await startStack({ dir, base: await freeBase(), only: ['mariadb', 'nats'], atExit: 'clean' });
  return {
    KTS_TEST_MYSQL_URL: stack.urls.mysql,
    KTS_TEST_NATS_URL: stack.urls.nats,
    KEYSTONE_PYTHON: python,
    stop: () => stack.down({ clean: true }),
  };
}
