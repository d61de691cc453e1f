import { startHashing, type Call, type Reply } from './hashing-thread.ts';
import { passwordsBy, type Passwords } from './password.ts';
import { threadPool, type Limits } from './pool.ts';
import type { Run } from './slow.ts';
import { threadOf } from './thread.ts';

export interface HashingThreads extends Passwords {
  /** Refuses what waits and what is under way, and ends the threads: within the time of one hash. */
  close(): Promise<void>;
}

// Who is sent a part of a buffer is sent all of it, and small buffers share theirs with whatever the process reads.
const alone = (value: unknown) => (value instanceof Uint8Array ? new Uint8Array(value) : value);

/**
 * Passwords hashed and checked in threads of their own, of low priority, so that neither the event loop nor files and
 * name resolution (libuv's threads) wait for a hash. A thread is started when there is work for it, and replaced when it
 * ends by itself. Besides the errors of {@link Passwords} there is KeystoneError 503, with `Retry-After`, where as many as
 * allowed wait, where the thread ended, and after `close`.
 *
 * @param limits as they are now: they may change
 * @param lost told of a thread that ended by itself, or could not start
 */
export function hashingThreads(limits: () => Limits, lost: (error: unknown) => void): HashingThreads {
  const start = () => threadOf<Call, Reply>(startHashing);
  const pool = threadPool<Call, Reply>(limits, { start, lost, now: () => performance.now() });
  const run = async (name: Call['name'], ...args: unknown[]) => {
    const reply = await pool.run({ name, args: args.map(alone) });
    if ('error' in reply) throw reply.error;
    return reply.value;
  };
  return { ...passwordsBy(run as Run), close: pool.close };
}
