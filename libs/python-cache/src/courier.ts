import { openConnection, type Connection } from './connection.ts';
import type { ServerPlan } from './plan.ts';

/** Removes keys over one connection, which is kept, and made anew when it is found broken. */
export interface Courier {
  /** Rejects, after the server's timeout at most, where the keys may be there still. */
  deliver(keys: readonly string[]): Promise<void>;
  hangUp(): void;
}

export function courier(plan: ServerPlan): Courier {
  let connection: Connection | undefined;
  const isKept = () => connection?.isOpen() === true;
  const current = () => (connection = connection?.isOpen() ? connection : openConnection(plan));

  async function attempt(keys: readonly string[], overdue: AbortSignal): Promise<void> {
    const kept = isKept();
    const link = current();
    overdue.onabort = () => link.close(overdue.reason as Error);
    try {
      await link.remove(keys);
    } catch (error) {
      // The server may have hung up on a connection that was idle: that says nothing of a new one.
      if (!kept || overdue.aborted || link.isOpen()) throw error;
      await attempt(keys, overdue);
    }
  }

  return {
    async deliver(keys) {
      const overdue = new AbortController();
      const late = () => overdue.abort(new Error(`no answer within ${plan.timeout} ms`));
      const timer = setTimeout(late, plan.timeout);
      try {
        await attempt(keys, overdue.signal);
      } finally {
        clearTimeout(timer);
      }
    },
    hangUp: () => connection?.close(new Error('closed')),
  };
}
