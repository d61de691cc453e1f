export { followFeed, type FollowOptions } from './follow.ts';
export type { Feed } from './feed.ts';
export { localFeed, type LocalOptions } from './local.ts';
export { measureFeed } from './metrics.ts';
export { settling } from './settle.ts';
export { isLaterEpoch } from './track.ts';
