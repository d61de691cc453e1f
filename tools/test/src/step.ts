import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../../..');

/** How a suite went. `passed` and `failed` count its tests; a step without tests counts as one. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Step {
  name: string;
  run(env: NodeJS.ProcessEnv): Promise<Outcome>;
}

/** Runs a program with its output shown. @returns its exit code */
export function execute(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject).once('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

const bin = (name: string) => join(ROOT, 'node_modules/.bin', name);

/** A step that is one program of the packages, good if it exits with 0. */
export const program = (name: string, command: string, ...args: string[]): Step => ({
  name,
  async run(env) {
    const code = await execute(bin(command), args, env);
    return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  },
});
