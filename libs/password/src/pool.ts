import { unavailableError } from '@keystone/errors';
import type { Thread } from './thread.ts';

export interface Limits {
  /** Threads at most; each is started when there is work for it. */
  threads: number;
  /** Calls at most that wait for a thread. */
  queue: number;
}

export interface PoolHost<Call, Reply> {
  start(): Thread<Call, Reply>;
  /** Told of a thread that ended by itself, or could not start. */
  lost(error: unknown): void;
  /** Milliseconds that only go up. */
  now(): number;
}

/** Calls are begun in the order in which they came. */
export interface Pool<Call, Reply> {
  /** Errors: KeystoneError 503 where too many wait, where the thread ended, and after `close`. */
  run(call: Call): Promise<Reply>;
  /** Refuses what waits and what is under way, and returns when the threads are gone: at most one call later. */
  close(): Promise<void>;
}

interface Job<Call, Reply> extends PromiseWithResolvers<Reply> {
  call: Call;
}

/** How much the newest call counts in the mean duration of calls. */
const WEIGHT = 1 / 8;

const notDone = () => unavailableError('The password was not hashed');

const full = (milliseconds: number) =>
  unavailableError('Too many passwords wait to be hashed', Math.max(1, Math.ceil(milliseconds / 1000)));

/** @param limits as they are now: they may change */
export function threadPool<Call, Reply>(limits: () => Limits, host: PoolHost<Call, Reply>): Pool<Call, Reply> {
  const threads = new Set<Thread<Call, Reply>>();
  const idle: Thread<Call, Reply>[] = [];
  const waiting: Job<Call, Reply>[] = [];
  let duration = 0;
  let closed = false;

  const forget = (thread: Thread<Call, Reply>) => {
    if (threads.delete(thread)) host.lost(thread.failure());
  };
  const rested = (): Thread<Call, Reply> | undefined => {
    const thread = idle.pop();
    if (!thread?.failure()) return thread;
    forget(thread);
    return rested();
  };
  const tooMany = () => threads.size > limits().threads;
  const hire = () => {
    const thread = host.start();
    threads.add(thread);
    return thread;
  };

  const work = async (thread: Thread<Call, Reply>, first: Job<Call, Reply>): Promise<void> => {
    for (let job: typeof first | undefined = first; job; job = tooMany() ? undefined : waiting.shift()) {
      const begun = host.now();
      try {
        job.resolve(await thread.call(job.call));
        duration += (host.now() - begun - duration) * WEIGHT;
      } catch {
        forget(thread);
        job.reject(notDone());
        const next = waiting.shift();
        return next && work(hire(), next);
      }
    }
    if (!tooMany()) return void idle.push(thread);
    threads.delete(thread);
    await thread.end();
  };

  return {
    run(call) {
      const { threads: most, queue } = limits();
      const job = { call, ...Promise.withResolvers<Reply>() };
      const thread = closed ? undefined : (rested() ?? (threads.size < most ? hire() : undefined));
      if (thread) void work(thread, job);
      else if (closed) job.reject(notDone());
      else if (waiting.length < queue) waiting.push(job);
      else job.reject(full((duration * (waiting.length + most)) / most));
      return job.promise;
    },
    async close() {
      closed = true;
      waiting.splice(0).forEach(({ reject }) => reject(notDone()));
      const ending = [...threads];
      threads.clear();
      await Promise.all(ending.map((thread) => thread.end()));
    },
  };
}
