import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Region } from './region.ts';

/** Python Keystone's cache regions in a Python of their own. */
export interface Keeper {
  /** All its regions. */
  names: string[];
  /** How often Python has computed what it keeps in a region, this time included. */
  keep(region: Region): Promise<number>;
  stop(): Promise<void>;
}

/** @param options of `[cache]` what differs from the defaults */
export async function keeper(python: string, options: Record<string, unknown>): Promise<Keeper> {
  const child = spawn(python, [join(import.meta.dirname, 'peer.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = once(child, 'exit');
  const ask = async (question: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('Python ended');
    return JSON.parse(value) as unknown;
  };
  return {
    names: (await ask(options)) as string[],
    keep: async (region) => (await ask({ keep: region })) as number,
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
