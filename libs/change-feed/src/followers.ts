import { FEED_LIMIT, type FeedFollower } from '@keystone/contracts';
import { isLaterEpoch } from '@keystone/feed';

interface Follower {
  epoch: string;
  number: number;
  /** His last sign of life, by his clock and by ours. */
  sign: { at: number; heard: number };
  /** When the sign was heard that he was last given a proof for. */
  proven: number;
}

export type Signs = ReadonlyMap<string, { at: number; heard: number }>;

/** Those who follow the feed, and how far each has come. */
export interface Followers {
  hear(sign: FeedFollower): void;
  /** Everybody's last sign of life. */
  signs(): Signs;
  /** Remembers that these were given proofs. */
  prove(signs: Signs): void;
  /** Resolves once everybody has heard of an event or has no proof any more that he could trust. */
  heard(epoch: string, number: number): Promise<void>;
  count(): number;
}

const FORGOTTEN = 10 * FEED_LIMIT;

/** @param clock milliseconds, by a clock that never goes back */
export function followers(clock: () => number): Followers {
  const all = new Map<string, Follower>();
  const waiting = new Set<() => void>();
  const began = clock();

  /** Whoever was given a proof by the publisher before us may trust it for so long. */
  const graceLeft = () => began + FEED_LIMIT - clock();
  const trustLeft = ({ proven }: Follower) => proven + FEED_LIMIT - clock();

  /** Milliseconds to wait at most; none when all have heard. */
  function left(epoch: string, number: number): number {
    let most = graceLeft();
    for (const follower of all.values()) {
      // Whoever follows another epoch by now has forgotten everything in between.
      const behind = follower.epoch === epoch && follower.number < number;
      const elsewhere = follower.epoch !== epoch && !isLaterEpoch(follower.epoch, epoch);
      if (behind || elsewhere) most = Math.max(most, trustLeft(follower));
    }
    return most;
  }

  return {
    hear({ follower: name, epoch, number, at }) {
      const sign = { at, heard: clock() };
      all.set(name, { proven: Number.NEGATIVE_INFINITY, ...all.get(name), epoch, number, sign });
      waiting.forEach((look) => look());
    },
    signs() {
      for (const [name, { sign }] of all) if (clock() - sign.heard > FORGOTTEN) all.delete(name);
      return new Map([...all].map(([name, { sign }]) => [name, sign]));
    },
    prove(signs) {
      for (const [name, { heard }] of signs) {
        const follower = all.get(name);
        if (follower) follower.proven = heard;
      }
    },
    heard: (epoch, number) =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        const look = () => {
          clearTimeout(timer);
          const milliseconds = left(epoch, number);
          if (milliseconds > 0) {
            timer = setTimeout(look, milliseconds);
            return;
          }
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    count: () => [...all.values()].filter((follower) => trustLeft(follower) > 0).length,
  };
}
