import { courier } from './courier.ts';
import type { ServerPlan } from './plan.ts';

/** Of a log what is needed here. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
}

export interface ServerStatus {
  /** As configured. */
  name: string;
  /** Why it could not be told last time; absent while it can. */
  problem?: string;
  /** Keys that it has yet to drop. */
  pending: number;
}

/** A memcached that is told to drop keys, now or as soon as it can be. */
export interface Server {
  /** True once they are gone; false when that is put off, after the server's timeout at most. Never rejects. */
  remove(keys: readonly string[]): Promise<boolean>;
  status(): ServerStatus;
  /** Tries once more what was put off, then hangs up. */
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2000;

export function cacheServer(plan: ServerPlan, log: Log): Server {
  const { name } = plan;
  const { deliver, hangUp } = courier(plan);
  const pending = new Set<string>();
  let problem: string | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let attempting: Promise<void> | undefined;

  const postpone = (keys: readonly string[], error: unknown): void => {
    for (const key of keys) pending.add(key);
    problem = (error as Error).message;
  };
  const catchUp = async (): Promise<void> => {
    // What is asked for meanwhile needs a removal of its own: this one may have been done before that write.
    while (pending.size > 0) {
      const keys = [...pending];
      pending.clear();
      await deliver(keys).catch((error: unknown) => {
        postpone(keys, error);
        throw error;
      });
    }
    problem = undefined;
  };
  const tryAgain = (pause: number): void => {
    if (closed) return;
    const attempt = () =>
      catchUp().then(
        () => log.info('a memcached of Python Keystone is back, and has dropped what it had to', { server: name }),
        () => tryAgain(Math.min(pause * 2, LONGEST_PAUSE_MS)),
      );
    timer = setTimeout(() => void (attempting = attempt()), pause).unref();
  };

  return {
    async remove(keys) {
      if (problem !== undefined) {
        for (const key of keys) pending.add(key);
        return false;
      }
      try {
        await deliver(keys);
        return true;
      } catch (error) {
        const first = problem === undefined;
        postpone(keys, error);
        if (first) {
          log.warn('a memcached of Python Keystone cannot be told of a write: Python may answer from it', {
            server: name,
            error: problem,
          });
          tryAgain(FIRST_PAUSE_MS);
        }
        return false;
      }
    },
    status: () => ({ name, pending: pending.size, ...(problem !== undefined && { problem }) }),
    async close() {
      closed = true;
      clearTimeout(timer);
      await attempting;
      await catchUp().catch(() =>
        log.warn('a memcached of Python Keystone was not told of the last writes', { server: name, error: problem }),
      );
      hangUp();
    },
  };
}
