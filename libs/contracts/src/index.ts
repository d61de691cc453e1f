export * from './assignment.ts';
export * from './catalog.ts';
export * from './feed.ts';
export * from './identity.ts';
export * from './token.ts';
