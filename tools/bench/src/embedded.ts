import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, '../../../apps/keystone/src/main.ts');

export interface Embedded {
  url: string;
  password: string;
  pid: number;
  close(): Promise<void>;
}

/** A Keystone in one process, with SQLite, on a folder that goes with it. Hashes cost what they cost by default. */
export async function startEmbedded(): Promise<Embedded> {
  const folder = mkdtempSync(join(tmpdir(), 'keystone-bench-'));
  const password = 'of the benchmark';
  const flags = ['--data-dir', folder, '--bind', '127.0.0.1:0', '--health-bind', '127.0.0.1:0'];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...flags], {
    env: { PATH: process.env['PATH'], OS_BOOTSTRAP_PASSWORD: password },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let log = '';
  for await (const line of createInterface(child.stderr)) {
    log += `${line}\n`;
    if (line.includes('"message":"serving"')) break;
  }
  const serving = log.trimEnd().split('\n').at(-1) ?? '';
  if (!serving.includes('"url"')) throw new Error(`the embedded Keystone did not start:\n${log}`);
  child.stderr.resume();
  return {
    url: (JSON.parse(serving) as { url: string }).url,
    password,
    pid: child.pid ?? 0,
    async close() {
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
