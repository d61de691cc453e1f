import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { NODE } from './repository.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

/** Takes the guard of a stack off. */
export type Release = () => void;

/**
 * Sets a process on watch that takes the stack of this folder down when we end without having done so, even by SIGKILL:
 * the kernel closes our end of its standard input then.
 */
export function guard(folder: string, clean: boolean): Release {
  const down = ['down', '--dir', folder, ...(clean ? ['--clean'] : [])];
  const command = [NODE, '--disable-warning=ExperimentalWarning', MAIN, ...down];
  const child = spawn('/bin/sh', ['-c', 'cat >/dev/null; exec "$0" "$@"', ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // The type is of any stream; a pipe to a child is a socket, which may be left open at our end.
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };
}
