import { createHash } from 'node:crypto';

/**
 * Python Keystone's cache regions, named as it names them (server/backends.py configures them). Each has a random id
 * that is part of the key of everything in it: with another id, nothing that was kept is found again.
 */
export const REGIONS = [
  'shared default',
  'computed catalog region',
  'computed assignments',
  'tokens',
  'receipts',
  'revoke',
  'id mapping',
] as const;
export type Region = (typeof REGIONS)[number];

/** The cache key under which Python keeps a region's id (common/cache/core.py, the mangler of oslo_cache/core.py). */
export const regionKey = (region: Region): string => createHash('sha1').update(`<<<region>>>:${region}`).digest('hex');
