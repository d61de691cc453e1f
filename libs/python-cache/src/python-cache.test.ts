import { badRequest, KeystoneError } from '@keystone/errors';
import { expect, test } from 'vitest';
import { pythonCache, regionKey, regionsOf, REGIONS, type CacheOptions, type Region } from './index.ts';
import { DEFAULTS } from './options.fixture.ts';

const quiet = { info: () => undefined, warn: () => undefined };

/** A cache of no server, and what it was asked to forget. */
function asked() {
  const regions: Region[] = [];
  // Nobody listens there: what counts is that it is asked.
  const options = { ...DEFAULTS, memcache_servers: ['127.0.0.1:1'] };
  const cache = pythonCache(options, { log: quiet, observe: ({ region }) => void regions.push(region) });
  return { cache, regions };
}

test('the keys are those of Python', () => {
  // sha1sum of "<<<region>>>:shared default"
  expect(regionKey('shared default')).toBe('2a4b007dd5619393e567dc0c8bc36c2996d52dd7');
});

test('a write is done before it is told, and told before it is answered', async () => {
  const { cache, regions } = asked();
  const result = await cache.writing(['region.updated', 'revocation_event.created'], async () => {
    expect(regions).toEqual([]);
    return 'written';
  });
  expect(result).toBe('written');
  expect(regions).toEqual(['shared default', 'computed catalog region', 'revoke', 'tokens']);
  await cache.close();
});

test('what the client did wrong wrote nothing; after any other failure it may be written', async () => {
  const { cache, regions } = asked();
  await expect(cache.writing('region.updated', async () => badRequest('no'))).rejects.toThrow(KeystoneError);
  expect(regions).toEqual([]);
  const lost = new KeystoneError(503, 'the connection is lost');
  for (const error of [lost, new Error('?')]) {
    await expect(cache.writing('region.created', () => Promise.reject(error))).rejects.toBe(error);
    expect(regions.splice(0)).toEqual(['computed catalog region']);
  }
  await cache.close();
});

test('a write that changes nothing that Python keeps tells nobody', async () => {
  const { cache, regions } = asked();
  await cache.writing('user.created', async () => undefined);
  expect([regions, regionsOf('user.created', 'role.created')]).toEqual([[], []]);
  await cache.close();
});

test('every region is made wrong by some write', () => {
  const all = regionsOf('domain.deleted', 'region.deleted', 'revocation_event.created');
  expect([...all].sort()).toEqual([...REGIONS].sort());
});

test.each([{ enabled: false }, { backend: 'dogpile.cache.null' }])('with %o there is nothing to do', async (off) => {
  const cache = pythonCache({ ...DEFAULTS, memcache_servers: ['not an address'], ...off }, { log: quiet });
  await cache.invalidate(REGIONS);
  expect(cache.status()).toEqual({ state: 'off', servers: [] });
});

test.each(['dogpile.cache.memory', 'oslo_cache.dict', 'dogpile.cache.redis', 'oslo_cache.etcd3gw'])(
  'that %s cannot be reached is said once',
  async (backend) => {
    const warnings: unknown[] = [];
    const log = { info: () => undefined, warn: (...line: unknown[]) => void warnings.push(line) };
    const cache = pythonCache({ ...DEFAULTS, backend }, { log });
    await cache.invalidate(REGIONS);
    expect(cache.status().state).toBe('unreachable');
    expect(warnings).toEqual([[expect.any(String), { option: '[cache] backend', backend }]]);
  },
);

test.each(['', 'a b:c', 'host:', 'host:99999', 'inet6:::1:11211', 'unix:relative'])(
  'an address such as "%s" stops the start, or is none',
  (address) => {
    const options: CacheOptions = { ...DEFAULTS, memcache_servers: [address] };
    if (address === '') expect(pythonCache(options, { log: quiet }).status().servers).toEqual([]);
    else expect(() => pythonCache(options, { log: quiet })).toThrow('[cache] memcache_servers');
  },
);
