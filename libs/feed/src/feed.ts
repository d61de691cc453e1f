import type { FeedChange } from '@keystone/contracts';

/**
 * What has been committed to the database, by whoever. Whoever remembers answers listens, and trusts them only while the
 * feed is live.
 *
 * An answer read from the database may be remembered if the feed was live when reading began and nothing it may depend
 * on was heard of until it was remembered.
 */
export interface Feed {
  /** Whether all that was committed a second ago or before has been heard: to be asked each time, it costs a clock. */
  live(): boolean;
  /** Why it is not live; empty where it is. */
  why(): string;
  /** Milliseconds since the moment up to which everything has been heard; infinite before the first. */
  age(): number;
  /** Heard at once, in order. What a listener throws is the bus's to report. @returns stops listening */
  onChanges(listener: (changes: readonly FeedChange[]) => void): () => void;
  /** Something may have been missed: nothing that was remembered holds. @returns stops listening */
  onReset(listener: (reason: string) => void): () => void;
  /**
   * For whoever has committed a change, before he answers his client: resolves when no one on this bus trusts anything
   * older any more. That takes a few milliseconds, and a second at most, whoever hangs or is gone.
   */
  settle(): Promise<void>;
  close(): void;
}

/** Those who listen, told one after another whatever one of them throws. */
export function listeners<T>() {
  const all = new Set<(told: T) => void>();
  return {
    add(listener: (told: T) => void): () => void {
      const own = (told: T) => listener(told);
      all.add(own);
      return () => void all.delete(own);
    },
    /** @throws the first that was thrown, when all have been told */
    tell(told: T): void {
      const thrown: unknown[] = [];
      for (const listener of all) {
        try {
          listener(told);
        } catch (error) {
          thrown.push(error);
        }
      }
      if (thrown.length > 0) throw thrown[0];
    },
  };
}
