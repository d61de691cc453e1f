import { AsyncLocalStorage } from 'node:async_hooks';
import { StatementError } from './failure.ts';

/** A place for one at a time, first come first served. */
export interface Gate {
  /** @returns what lets the next one in; @throws StatementError (crowded) when it takes too long */
  enter(): Promise<() => void>;
}

export const gate = (timeout: number): Gate => {
  const waiting: (() => void)[] = [];
  let taken = false;

  const leave = () => {
    const next = waiting.shift();
    if (next) next();
    else taken = false;
  };
  const once = () => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave();
    };
  };

  return {
    enter() {
      if (!taken) {
        taken = true;
        return Promise.resolve(once());
      }
      return new Promise((resolve, reject) => {
        const turn = () => (clearTimeout(timer), resolve(once()));
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(turn), 1);
          reject(new StatementError('crowded', 'TURN_TIMEOUT', 'BEGIN'));
        }, timeout);
        waiting.push(turn);
      });
    },
  };
};

/** Knows, wherever it is asked, whether the asker runs inside the work of a transaction that is still open. */
export interface Within {
  run<T>(work: () => Promise<T>): Promise<T>;
  inside(): boolean;
}

export const within = (): Within => {
  const store = new AsyncLocalStorage<{ open: boolean }>();
  return {
    async run(work) {
      const here = { open: true };
      try {
        return await store.run(here, work);
      } finally {
        // What the work left running behind itself is no longer inside.
        here.open = false;
      }
    },
    inside: () => store.getStore()?.open ?? false,
  };
};
