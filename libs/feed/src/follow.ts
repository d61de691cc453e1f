import { randomUUID } from 'node:crypto';
import { emit, on, type Bus } from '@keystone/bus';
import { FEED_BEAT, FEED_LIMIT, feedChanges, feedFollower, type FeedChange, type FeedEvent } from '@keystone/contracts';
import { listeners, type Feed } from './feed.ts';
import { settling } from './settle.ts';
import { stepOf, type Track } from './track.ts';

export interface FollowOptions {
  /** Milliseconds, by a clock that never goes back: `performance.now`. */
  clock(): number;
  /** Milliseconds that a proof is trusted; no more than `FEED_LIMIT`, on which every writer counts. */
  limit?: number;
}

/** Follows the change feed that another process publishes on the bus. */
export function followFeed(bus: Bus, { clock, limit = FEED_LIMIT }: FollowOptions): Feed {
  const follower = randomUUID();
  const trusted = Math.min(limit, FEED_LIMIT);
  const changed = listeners<readonly FeedChange[]>();
  const forgotten = listeners<string>();
  const { settle } = settling(bus, clock);
  let track: Track | undefined;
  let proven = Number.NEGATIVE_INFINITY;
  let heard = Number.NEGATIVE_INFINITY;
  let trouble = '';
  let acknowledging = false;
  let open = true;

  const sign = () => {
    if (!open) return;
    const { epoch, number } = track ?? { epoch: '', number: 0 };
    emit(bus, feedFollower, { follower, at: clock(), epoch, number });
  };
  /** Once for all that arrive together. */
  const acknowledge = () => {
    if (acknowledging) return;
    acknowledging = true;
    setImmediate(() => {
      acknowledging = false;
      sign();
    });
  };

  const forget = (reason: string) => {
    // Until the listeners have forgotten, nothing that they remember is trusted.
    proven = Number.NEGATIVE_INFINITY;
    forgotten.tell(reason);
  };
  const take = (event: FeedEvent) => {
    const { epoch, number, changes, reset } = event;
    const step = stepOf(event, track, clock() - heard < trusted);
    if (step === 'old') return;
    if (step !== 'next') forget(step.gap);
    else if (reset !== undefined) forget(reset);
    else if (changes.length > 0) changed.tell(changes);
    const moved = track?.epoch !== epoch || track.number !== number;
    track = { epoch, number };
    heard = clock();
    trouble = event.trouble ?? '';
    proven = Math.max(proven, event.proofs?.[follower] ?? Number.NEGATIVE_INFINITY);
    if (moved) acknowledge();
  };
  const hear = (event: FeedEvent) => {
    try {
      take(event);
    } catch (error) {
      // A listener that could not forget must be made to forget everything, with what comes next.
      track = undefined;
      proven = Number.NEGATIVE_INFINITY;
      throw error;
    }
  };

  const stop = on(bus, feedChanges, hear);
  sign();
  const beats = setInterval(sign, FEED_BEAT).unref();
  const age = () => clock() - proven;

  return {
    live: () => age() < trusted,
    age,
    why() {
      if (age() < trusted) return '';
      if (!track) return 'no change feed has been heard of';
      const silence = clock() - heard;
      if (silence >= trusted) return `the change feed has been silent for ${Math.round(silence)} ms`;
      if (trouble) return `the change feed: ${trouble}`;
      return proven > 0 ? `the last proof of the change feed is ${Math.round(age())} ms old` : 'no proof has come yet';
    },
    onChanges: changed.add,
    onReset: forgotten.add,
    settle,
    close() {
      open = false;
      clearInterval(beats);
      stop();
    },
  };
}
