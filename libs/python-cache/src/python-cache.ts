import { KeystoneError } from '@keystone/errors';
import { regionsOf, type Change } from './change.ts';
import { planOf, type CacheOptions } from './plan.ts';
import { regionKey, type Region } from './region.ts';
import { cacheServer, type Log, type Server, type ServerStatus } from './server.ts';

export interface PythonCacheStatus {
  /** `unreachable`: Python keeps things where nobody else can drop them. */
  state: 'off' | 'memcached' | 'unreachable';
  servers: ServerStatus[];
}

/** What Python Keystone keeps in its cache, as far as it concerns who writes beside it. */
export interface PythonCache {
  /**
   * Does a write, and returns when Python keeps nothing of what it changed. Call it around the committed transaction.
   * An error of the client's (4xx) wrote nothing; after any other the write may have happened.
   */
  writing<T>(changes: Change | readonly Change[], write: () => Promise<T>): Promise<T>;
  /**
   * Has Python forget regions. Never rejects; waits for `[cache] socket_timeout` at most, and where a server is away it
   * goes on trying in the background.
   */
  invalidate(regions: readonly Region[]): Promise<void>;
  status(): PythonCacheStatus;
  close(): Promise<void>;
}

export interface PythonCacheOptions {
  log: Log;
  /** Told of each region that was to be forgotten: `done` by every server, or `postponed`. */
  observe?(invalidation: { region: Region; outcome: 'done' | 'postponed' }): void;
}

const wroteNothing = (error: unknown): boolean => error instanceof KeystoneError && error.status < 500;

function forget(servers: readonly Server[], observe: PythonCacheOptions['observe']) {
  return async (regions: readonly Region[]): Promise<void> => {
    const wanted = [...new Set(regions)];
    if (wanted.length === 0 || servers.length === 0) return;
    // On which of the servers the client library of Python looks for a key is its own affair: so on all of them.
    const outcomes = await Promise.all(servers.map((server) => server.remove(wanted.map(regionKey))));
    const outcome = outcomes.includes(false) ? 'postponed' : 'done';
    for (const region of wanted) observe?.({ region, outcome });
  };
}

/**
 * The cache of the Python Keystone that this `[cache]` configures. Its regions are forgotten by removing their ids:
 * Python makes itself another where it finds none (common/cache/core.py, RegionInvalidationManager), and a removal is
 * the same for every client library, while a new id would have to be encoded as each of them does.
 * @throws where a server's address cannot be read
 */
export function pythonCache(options: CacheOptions, { log, observe }: PythonCacheOptions): PythonCache {
  const plan = planOf(options);
  const servers = plan.kind === 'memcached' ? plan.servers.map((server) => cacheServer(server, log)) : [];
  if (plan.kind === 'unreachable') {
    log.warn('Python Keystone may answer what is out of date: its cache cannot be reached from here', {
      option: '[cache] backend',
      backend: plan.backend,
    });
  }
  const invalidate = forget(servers, observe);
  return {
    async writing(changes, write) {
      let wrote = true;
      try {
        return await write();
      } catch (error) {
        wrote = !wroteNothing(error);
        throw error;
      } finally {
        if (wrote) await invalidate(regionsOf(...(typeof changes === 'string' ? [changes] : changes)));
      }
    },
    invalidate,
    status: () => ({ state: plan.kind, servers: servers.map((server) => server.status()) }),
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

/** Makes a function that writes one that returns when Python keeps nothing of what it changed. @see PythonCache.writing */
export const telling =
  ({ writing }: PythonCache) =>
  <Asked extends unknown[], Result>(changes: Change | readonly Change[], write: (...asked: Asked) => Promise<Result>) =>
  (...asked: Asked): Promise<Result> =>
    writing(changes, () => write(...asked));
