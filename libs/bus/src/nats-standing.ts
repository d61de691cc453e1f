import type { Msg, NatsConnection, NatsError, Subscription } from 'nats';
import { wayOf } from './nats-privacy.ts';
import { within } from './time.ts';

/** A subscription that shall hold over every connection there will be. */
export interface Wanted {
  subject: string;
  queue?: string;
  /** Not to be had where others could read what comes. */
  secret: boolean;
  heard(message: Msg): void;
}

type Report = (error: unknown, subject: string) => void;

/** Subscribes what is wanted on the connection of the moment, again on each new one. */
export function standing(report: Report) {
  const live = new Map<Wanted, { subscription: Subscription; nats: NatsConnection }>();
  const all = new Set<Wanted>();
  let connection: NatsConnection | undefined;

  function begin(wanted: Wanted): void {
    if (!connection || live.get(wanted)?.nats === connection) return;
    const way = wayOf(connection);
    if (wanted.secret && way === 'plaintext') report(new Error(NOT_PRIVATE), wanted.subject);
    if (wanted.secret && way !== 'private') return;
    const callback = (error: NatsError | null, message: Msg) => {
      try {
        if (error) throw error;
        wanted.heard(message);
      } catch (thrown) {
        report(thrown, wanted.subject);
      }
    };
    const { subject, queue } = wanted;
    const subscription = connection.subscribe(subject, { callback, ...(queue && { queue }) });
    live.set(wanted, { subscription, nats: connection });
  }

  function end(wanted: Wanted): void {
    live.get(wanted)?.subscription.unsubscribe();
    live.delete(wanted);
  }

  return {
    /** @returns stops it. */
    add(wanted: Wanted): () => void {
      all.add(wanted);
      begin(wanted);
      return () => {
        all.delete(wanted);
        end(wanted);
      };
    },
    up(nats: NatsConnection): void {
      connection = nats;
      all.forEach(begin);
    },
    down(): void {
      connection = undefined;
      // The library subscribes again by itself before anyone could look where it has got to.
      for (const wanted of all) if (wanted.secret) end(wanted);
    },
    /** Nothing more is sent to us; resolves when all that was has arrived, after so many milliseconds anyway. */
    async drain(milliseconds: number): Promise<void> {
      all.clear();
      const drained = Promise.allSettled([...live.values()].map(({ subscription }) => subscription.drain()));
      await within(milliseconds, drained, () => new Error('no word from NATS')).catch((error: unknown) =>
        report(error, 'drain'),
      );
    },
  };
}

const NOT_PRIVATE = 'not answered here: it carries secrets, and NATS is in plaintext on another machine';
