import type { Worker } from 'node:worker_threads';

/** A thread that is asked one thing at a time. */
export interface Thread<Call, Reply> {
  /** Errors: what ended the thread, be it before or while it works on this. */
  call(call: Call): Promise<Reply>;
  /** What ended it; undefined as long as it lives. */
  failure(): unknown;
  /** Fails the call under way at once, and returns when the thread is gone: when its native function has returned. */
  end(): Promise<void>;
}

/** @param start makes a thread that answers every message with one */
export function threadOf<Call, Reply>(start: () => Worker): Thread<Call, Reply> {
  let failure: unknown;
  let current: PromiseWithResolvers<Reply> | undefined;
  const fail = (error: unknown) => {
    failure ??= error;
    current?.reject(failure);
  };
  let worker: Worker | undefined;
  try {
    worker = start();
    worker.on('message', (reply: Reply) => current?.resolve(reply));
    worker.once('error', fail);
    worker.once('exit', (code) => fail(new Error(`The thread ended with ${code}.`)));
    worker.once('messageerror', fail);
  } catch (error) {
    fail(error);
  }
  return {
    async call(call) {
      if (failure) throw failure;
      current = Promise.withResolvers<Reply>();
      // While it works the process must not end for want of anything else to do; else it may.
      worker?.ref();
      worker?.postMessage(call);
      return current.promise.finally(() => worker?.unref());
    },
    failure: () => failure,
    async end() {
      fail(new Error('The thread was ended.'));
      await worker?.terminate();
    },
  };
}
