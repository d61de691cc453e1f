import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** Text for its standard input. */
  input?: string;
}

/** Runs a command to its end. Returns its standard output; throws with the tail of its error output when it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, { env: options.env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  // A command that ends without reading all of its input says why by its status, not by EPIPE.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code === 0) return Buffer.concat(output).toString();
  const tail = Buffer.concat([...output, ...errors])
    .toString()
    .slice(-3000);
  throw new Error(`${[command, ...args].join(' ')} ended with ${signal ?? `status ${code}`}:\n${tail}`);
}
