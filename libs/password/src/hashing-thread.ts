import type * as Os from 'node:os';
import { fileURLToPath } from 'node:url';
import type * as WorkerThreads from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { slowFunctions, type SlowFunction } from './slow.ts';

export interface Call {
  name: SlowFunction;
  args: unknown[];
}

export type Reply = { value: unknown } | { error: unknown };

interface ThreadData {
  /** Where the package is: a thread that is made of a text would look for it from the working directory. */
  bcrypt: string;
  niceness: number;
}

/** What a thread does. It is sent as text: it may use nothing but its arguments. */
function answerCalls(load: NodeJS.Require, functionsOf: typeof slowFunctions): void {
  const { parentPort, workerData } = load('node:worker_threads') as typeof WorkerThreads;
  const { setPriority } = load('node:os') as typeof Os;
  const { bcrypt, niceness } = workerData as ThreadData;
  // Linux alone has a priority for each thread; elsewhere it would be the whole process's.
  if (process.platform === 'linux') {
    try {
      setPriority(niceness);
    } catch {
      // A sandbox may forbid it. Passwords are to be hashed all the same.
    }
  }
  const functions = functionsOf(load(bcrypt), load('node:crypto')) as Record<string, (...args: unknown[]) => unknown>;
  parentPort?.on('message', ({ name, args }: Call) => {
    try {
      parentPort.postMessage({ value: functions[name]?.(...args) });
    } catch (error) {
      parentPort.postMessage({ error });
    }
  });
}

/** How much a thread leaves to all other work where processors are short: about a tenth remains for it. */
const NICENESS = 10;

/**
 * Starts a thread that answers each `Call` with a `Reply`. It is made of a text: beside a bundle there is no other file.
 * Neither the flags nor the environment of this process reach it, since what they load is not meant for it.
 */
export function startHashing(): Worker {
  const workerData: ThreadData = { bcrypt: fileURLToPath(import.meta.resolve('@node-rs/bcrypt')), niceness: NICENESS };
  const text = `(${answerCalls.toString()})(require, ${slowFunctions.toString()})`;
  return new Worker(text, { eval: true, name: 'hash', workerData, execArgv: [], env: {} });
}
