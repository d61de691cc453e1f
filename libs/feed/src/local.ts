import { FEED_LIMIT, feedTables, type FeedChange } from '@keystone/contracts';
import type { Watch } from '@keystone/database';
import { listeners, type Feed } from './feed.ts';

export interface LocalOptions {
  /** Milliseconds, by a clock that never goes back: `performance.now`. */
  clock(): number;
  /** Told what listeners throw. */
  report(error: unknown): void;
}

/**
 * The feed of a process that is alone with its SQLite file: its own writes are heard of with their commit. When another
 * process has written, everything is forgotten, within the time between two looks.
 */
export function localFeed(watch: Watch, { clock, report }: LocalOptions): Feed {
  const changed = listeners<readonly FeedChange[]>();
  const forgotten = listeners<string>();
  let proven = Number.NEGATIVE_INFINITY;
  let broken = false;

  const telling = (tell: () => void) => {
    try {
      tell();
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  };
  /** Nothing that a listener remembers is trusted until all have forgotten. */
  const forget = (reason: string) => {
    broken = !telling(() => forgotten.tell(reason));
  };

  const stop = watch(feedTables, {
    changed(changes) {
      if (!telling(() => changed.tell(changes))) forget('a change could not be dealt with');
    },
    looked(byOthers) {
      if (byOthers || broken) forget(byOthers ? 'another process has written' : 'something could not be forgotten');
      proven = clock();
    },
  });

  const age = () => clock() - proven;
  const live = () => !broken && age() < FEED_LIMIT;
  return {
    live,
    age,
    why: () => {
      if (live()) return '';
      return broken
        ? 'something could not be forgotten'
        : `the database was last looked at ${Math.round(age())} ms ago`;
    },
    onChanges: changed.add,
    onReset: forgotten.add,
    // Whoever committed goes on only when all have heard.
    settle: async () => undefined,
    close: stop,
  };
}
