/** Settles as the answer does, or rejects with `late()` after so many milliseconds. */
export function within<T>(milliseconds: number, answer: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Remembers what is under way, so that it can be waited for. */
export function underway() {
  const pending = new Set<Promise<unknown>>();
  return {
    track<T>(work: Promise<T>): Promise<T> {
      pending.add(work);
      const forget = () => void pending.delete(work);
      work.then(forget, forget);
      return work;
    },
    /** Resolves when nothing is under way any more. @throws Error when something still is after so many milliseconds. */
    async idle(milliseconds: number): Promise<void> {
      const late = () => new Error(`${pending.size} still under way after ${milliseconds} ms`);
      await within(milliseconds, Promise.allSettled(pending), late);
    },
  };
}
