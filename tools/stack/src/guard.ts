import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NODE } from './repository.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

const guards = new Map<string, ChildProcess>();

/**
 * Sets a process on watch that takes the stack of this folder down when we end without having done so, even by SIGKILL:
 * the kernel closes our end of its standard input then. A folder has one guard, however often it is asked for.
 */
export function guard(folder: string, clean: boolean): void {
  if (guards.has(folder)) return;
  const down = ['down', '--dir', folder, ...(clean ? ['--clean'] : [])];
  const command = [NODE, '--disable-warning=ExperimentalWarning', MAIN, ...down];
  // We never write to it, so its read ends with us. A builtin: it is one process, and gone when it is reaped.
  const child = spawn('/bin/sh', ['-c', 'read -r _; exec "$0" "$@"', ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Neither it nor our end of the pipe, which is a socket whatever its type says, shall keep us from ending.
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  guards.set(folder, child);
}

/** Takes the guard off, if there is one: what runs in the folder is no business of ours from then on. */
export async function release(folder: string): Promise<void> {
  const child = guards.get(folder);
  guards.delete(folder);
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.ref();
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}
