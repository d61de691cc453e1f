import { afterAll, beforeAll, expect, test } from 'vitest';
import { memcached, type Memcached } from './memcached.fixture.ts';
import { pythonCache, REGIONS } from './index.ts';
import { DEFAULTS } from './options.fixture.ts';
import { keeper } from './python.fixture.ts';

/** An interpreter with Python Keystone installed. Where everything must be tested it may not be missing. */
const python = process.env['KEYSTONE_PYTHON'] ?? '';
const withPython = python || process.env['CI'] ? test : test.skip;

const log = { info: () => undefined, warn: (message: string) => expect.fail(message) };

let servers: Memcached[];
let addresses: string[];

beforeAll(async () => {
  servers = await Promise.all([memcached(), memcached(), memcached()]);
  addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

withPython.each(['dogpile.cache.memcached', 'oslo_cache.memcache_pool', 'dogpile.cache.pymemcache'])(
  'Python with %s and several servers computes anew what is in an invalidated region, and nothing else',
  async (backend) => {
    const cloud = await keeper(python, { backend, memcache_servers: addresses });
    const cache = pythonCache({ ...DEFAULTS, backend, memcache_servers: addresses }, { log });
    expect(cloud.names).toEqual([...REGIONS].sort());
    for (const region of REGIONS) {
      const first = await cloud.keep(region);
      expect([region, await cloud.keep(region)]).toEqual([region, first]);
      await cache.invalidate([region]);
      expect([region, await cloud.keep(region)]).toEqual([region, first + 1]);
    }
    expect(await Promise.all(REGIONS.map((region) => cloud.keep(region)))).toEqual(REGIONS.map(() => 2));
    await cache.invalidate(REGIONS);
    for (const region of REGIONS) expect(await cloud.keep(region)).toBe(3);
    await cache.close();
    await cloud.stop();
  },
);
