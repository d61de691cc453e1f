import type { Config } from '@keystone/config';
import type { Dependency } from '@keystone/module';
import { pythonCache, type PythonCache, type PythonCacheStatus } from '@keystone/python-cache';
import type { Log, Telemetry } from '@keystone/telemetry';
import { StartError } from './start-error.ts';

/**
 * The cache of a Python Keystone beside us, as `[cache]` configures it, and measured.
 * @throws StartError where the address of a cache server cannot be read
 */
export function connectPythonCache({ cache }: Config, log: Log, meter: Telemetry['meter']): PythonCache {
  const told = meter.createCounter('keystone_python_cache_invalidations_total', {
    description: 'Regions that Python Keystone was to forget, at once (done) or later (postponed)',
  });
  const pending = meter.createObservableGauge('keystone_python_cache_pending', {
    description: 'Regions that cache servers of Python Keystone have yet to be told to forget',
  });
  try {
    const made = pythonCache(cache, { log, observe: (invalidation) => told.add(1, invalidation) });
    pending.addCallback((result) => {
      for (const server of made.status().servers) result.observe(server.pending, { server: server.name });
    });
    return made;
  } catch (error) {
    throw new StartError((error as Error).message, error);
  }
}

/** Whether Python forgets in time is for the operator to know, and no reason to send clients away. */
export function pythonCacheReady({ state, servers }: PythonCacheStatus): Dependency[] {
  if (state === 'off') return [];
  const away = servers.filter(({ problem }) => problem !== undefined);
  const problems = away.map(({ name, problem, pending }) => `${name} has ${pending} regions to forget: ${problem}`);
  const detail =
    state === 'unreachable' ? 'cannot be reached, may be out of date' : problems.join('; ') || 'told of writes';
  return [{ name: 'python cache', ready: true, detail }];
}
