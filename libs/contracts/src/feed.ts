import { event, question } from '@keystone/bus';
import Type, { type Static } from 'typebox';

export { feedTables, type FeedTable } from './feed-tables.ts';

/**
 * Milliseconds. Whoever remembers what the database said trusts it this long after his last proof that nothing has
 * changed, and no longer; whoever writes waits no longer than this for those who remember.
 */
export const FEED_LIMIT = 1_000;
/** Milliseconds between the feed's signs of life, and between those of its followers. */
export const FEED_BEAT = 200;

const Row = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]));

/**
 * A row of one of `feedTables`. What a foreign key's cascade deletes is not told: the parent's row is.
 */
export const FeedChange = Type.Object({
  table: Type.String(),
  before: Type.Union([Row, Type.Null()]),
  after: Type.Union([Row, Type.Null()]),
});
export type FeedChange = Static<typeof FeedChange>;

const Count = Type.Integer({ minimum: 0 });

/**
 * What has been committed, in order, told once everybody can read it. `number` is one more than before in an event that
 * tells something, the same in one that is only a sign of life; an epoch is one publisher's uninterrupted word. Where an
 * epoch goes on exactly where another stopped, its first events say so in `continues`.
 */
export const feedChanges = event(
  'feed.changes',
  Type.Object({
    epoch: Type.String(),
    number: Count,
    continues: Type.Optional(Type.Object({ epoch: Type.String(), number: Count })),
    changes: Type.Array(FeedChange),
    /** Anything may have changed, and why. */
    reset: Type.Optional(Type.String()),
    /**
     * By follower: the last of his signs of life that was heard before the feed looked whether anything more had been
     * committed. All that was committed before he sent it has been told up to this event.
     */
    proofs: Type.Optional(Type.Record(Type.String(), Type.Number())),
    /** Why there are no proofs. */
    trouble: Type.Optional(Type.String()),
  }),
);
export type FeedEvent = Static<typeof feedChanges.payload>;

/** A follower's sign of life: what he wants proven, by his own clock, and how far he has come. */
export const feedFollower = event(
  'feed.follower',
  Type.Object({ follower: Type.String(), at: Type.Number(), epoch: Type.String(), number: Count }),
);
export type FeedFollower = Static<typeof feedFollower.payload>;

/** Answered once every follower has heard of all that was committed before the question, or trusts nothing any more. */
export const feedSettled = question('feed.settled', Type.Object({}), Type.Object({}), { deadline: FEED_LIMIT });

/** The register in which the feed's active process holds its lease, and keeps how far it has come. */
export const FEED_LEASE = 'feed.lease';
