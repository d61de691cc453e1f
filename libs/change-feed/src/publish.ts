import { setTimeout as delay } from 'node:timers/promises';
import {
  BinlogError,
  openBinlog,
  type Binlog,
  type BinlogOptions,
  type Glance,
  type Transaction,
} from '@keystone/binlog';
import { FEED_BEAT, type FeedChange } from '@keystone/contracts';
import type { Followers } from './followers.ts';
import type { Teller } from './teller.ts';

export interface PublishOptions {
  binlog: Pick<BinlogOptions, 'server' | 'tables'>;
  teller: Teller;
  followers: Followers;
  /** Milliseconds, by a clock that never goes back. */
  clock(): number;
  following(binlog: Binlog): void;
}

/** What had been published when a question was answered. */
export interface Reached {
  epoch: string;
  number: number;
}

export interface Publisher {
  /** Resolves once all that was committed before the question has been published. @throws BinlogError, LeaseLost */
  caughtUp(): Promise<Reached>;
  /** Resolves when the binlog is lost. @throws LeaseLost */
  ended: Promise<BinlogError>;
  close(): void;
}

/** Milliseconds until a transaction is looked for again that stands in the log and cannot be read yet. */
const AGAIN = 1;

/** Publishes what a binlog tells, as soon as it can be read. @throws BinlogError, LeaseLost */
export async function publish(options: PublishOptions): Promise<Publisher> {
  const { teller, followers, clock } = options;
  const pending: Transaction[] = [];
  let asking: PromiseWithResolvers<Reached>[] = [];
  let wake = Promise.withResolvers<boolean>();

  const binlog = await openBinlog({ ...options.binlog, from: teller.place() }, (transaction) => {
    pending.push(transaction);
    wake.resolve(false);
  });
  if (binlog.fresh !== null) teller.anew(binlog.begin);
  options.following(binlog);

  const tellShown = (glance: Glance) => {
    const shown: Transaction[] = [];
    while (pending[0] && glance.shows(pending[0])) shown.push(pending.shift() as Transaction);
    if (shown.length > 0) tell(shown, { binlog, teller });
  };

  /** All that had been committed when it began has been published when it ends. */
  async function round(): Promise<void> {
    const proving = clock() >= due;
    const signs = followers.signs();
    const [answering] = [asking, (asking = [])];
    try {
      const glance = await binlog.glance();
      const reached = binlog.reach(glance.end).then(() => true);
      do {
        wake = Promise.withResolvers();
        tellShown(glance);
      } while (!(await Promise.race([reached, wake.promise])));
      tellShown(glance);
    } catch (error) {
      answering.forEach(({ reject }) => reject(error));
      throw error;
    }
    if (proving) {
      due = clock() + FEED_BEAT;
      teller.beat({ proofs: Object.fromEntries([...signs].map(([name, { at }]) => [name, at])) });
      followers.prove(signs);
    }
    answering.forEach(({ resolve }) => resolve({ epoch: teller.epoch(), number: teller.number() }));
  }
  let due = clock();

  async function rounds(): Promise<BinlogError> {
    try {
      for (;;) {
        await round();
        if (pending.length > 0) await delay(AGAIN);
        else if (asking.length === 0) await Promise.race([wake.promise, delay(Math.max(0, due - clock()))]);
      }
    } catch (error) {
      if (error instanceof BinlogError) return error;
      throw error;
    } finally {
      binlog.close();
      asking.forEach(({ reject }) => reject(new BinlogError('lost', 'the binlog is followed no longer')));
    }
  }

  return {
    caughtUp() {
      const asked = Promise.withResolvers<Reached>();
      asking.push(asked);
      wake.resolve(false);
      return asked.promise;
    },
    ended: rounds(),
    close: binlog.close,
  };
}

/** As few events as may be: between two resets all changes together. */
function tell(transactions: readonly Transaction[], { binlog, teller }: { binlog: Binlog; teller: Teller }): void {
  let changes: FeedChange[] = [];
  for (const transaction of transactions) {
    changes = changes.concat(transaction.changes);
    const place = binlog.placeOf(transaction) ?? teller.place();
    const last = transaction === transactions.at(-1);
    if ((last || transaction.reset !== null) && changes.length > 0) {
      teller.tell(changes, place);
      changes = [];
    }
    if (transaction.reset !== null) teller.reset(transaction.reset, place);
    else if (last && place) teller.pass(place);
  }
}
