import { setTimeout as sleep } from 'node:timers/promises';
import { forCaller, StatementError } from './failure.ts';

const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/** How long to wait after the n-th failed attempt, from 1. */
export type Pause = (attempt: number) => Promise<void>;

/** Full jitter: anything up to twice as long as before, so that two that collided do not collide again. */
export const jittered =
  (random: () => number = Math.random): Pause =>
  (attempt) =>
    sleep(random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));

/**
 * Runs it until it succeeds, fails in a way that repeating does not mend, or has been tried often enough.
 * @throws KeystoneError 503 where only the database is at fault, else what `run` threw
 */
export const persist = async <T>(
  run: () => Promise<T>,
  repeatable: (error: StatementError) => boolean,
  pause: Pause,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof StatementError) || attempt === ATTEMPTS || !repeatable(error)) throw forCaller(error);
      await pause(attempt);
    }
  }
};
