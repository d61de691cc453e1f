import { setTimeout as delay } from 'node:timers/promises';
import type { Entry, Register } from './register.ts';

/** What one process of many holds until it lets go, or cannot say that it still does. */
export interface Lease {
  /** Greater than the term of every holder before. */
  term: number;
  /** What the holder before kept in it; undefined where there was none. */
  found: unknown;
  /** Whether it is still held, at this moment: nobody else holds it before this is false. */
  holds(): boolean;
  /** What the next holder shall find: written with the next renewal. */
  keep(value: unknown): void;
  /** Resolves when it is lost or released. */
  over: Promise<void>;
  /** Lets go, so that the next one need not wait. */
  release(): Promise<void>;
}

/** Times in milliseconds. */
export interface LeaseOptions {
  /** Another name for each attempt. */
  holder: string;
  /** A clock that never goes back. */
  clock(): number;
  /** Between renewals. */
  renew?: number;
  /** From a renewal on, for which the holder counts on it. */
  hold?: number;
  /** Without a renewal, after which another may take it: more than `hold`. */
  take?: number;
  /** Between one look at it and the next, for those who wait. */
  look?: number;
  /** Gives up waiting. */
  signal?: AbortSignal;
  /** Told why it is not to be had, as long as it is not because of another holder. */
  report?(error: unknown): void;
}

export const leaseTimes = { renew: 200, hold: 800, take: 1_000, look: 100 } as const;

interface Held {
  holder: string | null;
  kept: unknown;
}

const heldIn = (entry: Entry | undefined): Held => (entry?.value ?? { holder: null, kept: undefined }) as Held;

/**
 * Waits until it is ours. The holder before is given `take` to renew it, by our own clock from when we saw its last
 * renewal, which is later than when he sent it: so no two hold it, whatever their clocks say.
 * @throws AbortError by `signal`
 */
export async function takeLease(register: Register, options: LeaseOptions): Promise<Lease> {
  const { holder, clock, take, look, signal, report } = {
    ...leaseTimes,
    report: undefined,
    signal: undefined,
    ...options,
  };
  let seen: { revision: number; since: number } | undefined;

  async function attempt(): Promise<Lease | undefined> {
    const entry = await register.read();
    const found = heldIn(entry);
    if (entry && found.holder !== null) {
      if (seen?.revision !== entry.revision) seen = { revision: entry.revision, since: clock() };
      if (clock() - seen.since < take) return undefined;
    }
    const sent = clock();
    const mine: Held = { holder, kept: found.kept };
    const term = await register.write(mine, entry?.revision ?? 0);
    return term === undefined ? undefined : held(register, options, { term, sent, found: found.kept });
  }

  for (;;) {
    const lease = await attempt().catch((error: unknown) => void report?.(error));
    if (lease) return lease;
    await delay(look, undefined, signal && { signal });
  }
}

interface Taken {
  term: number;
  sent: number;
  found: unknown;
}

function held(register: Register, options: LeaseOptions, { term, sent, found }: Taken): Lease {
  const { holder, clock, renew, hold } = { ...leaseTimes, ...options };
  const stop = new AbortController();
  const over = Promise.withResolvers<void>();
  let revision = term;
  let until = sent + hold;
  let kept = found;
  let mine = true;
  const holds = () => mine && clock() < until;

  async function write(value: Held): Promise<void> {
    const now = clock();
    const next = await register.write(value, revision);
    if (next !== undefined) {
      revision = next;
      until = now + hold;
      return;
    }
    // The answer to an earlier renewal may have been lost on its way.
    const entry = await register.read();
    if (heldIn(entry).holder === holder) revision = entry?.revision ?? 0;
    else mine = false;
  }

  async function keepOn(): Promise<void> {
    while (holds()) {
      await delay(renew, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      // Tried again until it has run out: what is wrong shows in that.
      await write({ holder, kept }).catch(() => undefined);
    }
  }

  const renewing = keepOn().finally(() => over.resolve());
  return {
    term,
    found,
    holds,
    keep: (value) => void (kept = value),
    over: over.promise,
    async release() {
      stop.abort();
      await renewing;
      if (holds()) await write({ holder: null, kept }).catch(() => undefined);
      mine = false;
    },
  };
}
