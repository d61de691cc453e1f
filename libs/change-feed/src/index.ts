export { changeFeed } from './module.ts';
export { startChangeFeed, type ChangeFeed, type ChangeFeedOptions } from './change-feed.ts';
