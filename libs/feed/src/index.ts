export { followFeed, type FollowOptions } from './follow.ts';
export type { Feed } from './feed.ts';
export { isLaterEpoch } from './track.ts';
export { settling } from './settle.ts';
