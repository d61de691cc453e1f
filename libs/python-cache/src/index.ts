export { regionsOf, type Change } from './change.ts';
export type { CacheOptions } from './plan.ts';
export {
  pythonCache,
  telling,
  type PythonCache,
  type PythonCacheOptions,
  type PythonCacheStatus,
} from './python-cache.ts';
export { REGIONS, regionKey, type Region } from './region.ts';
export type { ServerStatus } from './server.ts';
