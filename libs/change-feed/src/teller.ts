import { emit, type Bus, type Lease } from '@keystone/bus';
import type { Place } from '@keystone/binlog';
import { feedChanges, type FeedChange, type FeedEvent } from '@keystone/contracts';

/** What a publisher leaves to the next one, in the lease. */
export interface Kept {
  epoch: string;
  number: number;
  /** Behind which `number` is the last that was published. */
  place: Place | null;
}

/** Thrown instead of publishing what another may be publishing by now. */
export class LeaseLost extends Error {
  constructor() {
    super('the lease is lost');
    this.name = 'LeaseLost';
  }
}

/** Of one event: a message of NATS is a megabyte at most. */
const MOST_CHANGES = 500;

/** Numbers what is published, and keeps in the lease how far that has come. */
export interface Teller {
  epoch(): string;
  number(): number;
  place(): Place | null;
  /** @param place behind all of it */
  tell(changes: readonly FeedChange[], place: Place | null): void;
  reset(reason: string, place: Place | null): void;
  /** Nothing was published, but so far has been read. */
  pass(place: Place): void;
  /** Begins an epoch that goes on behind no other. */
  anew(place: Place): void;
  beat(sign: Pick<FeedEvent, 'proofs' | 'trouble'>): void;
}

/** @throws LeaseLost from whatever publishes */
export function teller(bus: Bus, lease: Lease): Teller {
  const found = lease.found as Kept | undefined;
  const continues = found && { epoch: found.epoch, number: found.number };
  let count = 0;
  let number = found?.number ?? 0;
  let place = found?.place ?? null;
  const epoch = () => `${lease.term}.${count}`;
  const isSeamless = () => count === 0 && continues !== undefined && number <= continues.number + 1;

  const publish = (told: Partial<FeedEvent>) => {
    if (!lease.holds()) throw new LeaseLost();
    emit(bus, feedChanges, {
      epoch: epoch(),
      number,
      changes: [],
      ...(isSeamless() && { continues: continues as NonNullable<typeof continues> }),
      ...told,
    });
  };
  const pass = (behind: Place | null) => {
    place = behind;
    lease.keep({ epoch: epoch(), number, place } satisfies Kept);
  };
  const next = (told: Partial<FeedEvent>) => {
    number += 1;
    publish(told);
  };

  return {
    epoch,
    number: () => number,
    place: () => place,
    tell(changes, behind) {
      for (let from = 0; from < changes.length; from += MOST_CHANGES) {
        next({ changes: changes.slice(from, from + MOST_CHANGES) });
      }
      pass(behind);
    },
    reset(reason, behind) {
      next({ reset: reason });
      pass(behind);
    },
    pass,
    anew(behind) {
      count += 1;
      pass(behind);
      publish({});
    },
    beat: publish,
  };
}
