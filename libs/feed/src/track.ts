import type { FeedEvent } from '@keystone/contracts';

/** How far a follower has come. */
export interface Track {
  epoch: string;
  number: number;
}

export type Step =
  /** Follows what was heard before, without a gap. */
  | 'next'
  /** Has been heard, or comes from a publisher that another has followed. */
  | 'old'
  /** Something between has not been heard. */
  | { gap: string };

const tells = ({ changes, reset }: FeedEvent): boolean => changes.length > 0 || reset !== undefined;

/** Before the event. */
const base = (event: FeedEvent): number => event.number - (tells(event) ? 1 : 0);

/** An epoch is the term of the lease it was published under, and a count within it: greater is later. */
export const isLaterEpoch = (epoch: string, other: string): boolean => {
  const [[term = 0, count = 0], [otherTerm = 0, otherCount = 0]] = [epoch, other].map((each) =>
    each.split('.').map(Number),
  ) as [number[], number[]];
  return term > otherTerm || (term === otherTerm && count > otherCount);
};

/**
 * What an event is to a follower that has come so far.
 * @param alive whether the publisher that was followed has been heard just now: if not, an earlier epoch may be a new one,
 *   whose lease was lost with the servers that kept it
 */
export function stepOf(event: FeedEvent, track: Track | undefined, alive: boolean): Step {
  if (!track) return { gap: 'the feed was not followed before' };
  if (event.epoch === track.epoch) {
    if (base(event) === track.number) return 'next';
    if (base(event) < track.number) return 'old';
    return { gap: `events ${track.number + 1} to ${base(event)} have not arrived` };
  }
  const { continues } = event;
  // What was published behind the place where the new publisher begins is published once more.
  const seamless =
    continues?.epoch === track.epoch && continues.number === base(event) && continues.number <= track.number;
  if (seamless) return 'next';
  if (alive && !isLaterEpoch(event.epoch, track.epoch)) return 'old';
  return { gap: `the feed began anew, in epoch ${event.epoch}` };
}
