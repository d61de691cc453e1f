import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { processesOf, until } from './daemon.ts';
import { freeBase } from './ports.ts';
import { NODE } from './repository.ts';
import { run } from './run.ts';
import { processesIn, temporaryFolder } from './testing.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await run(NODE, [MAIN, 'down', '--dir', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
});

function newFolder(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
}

/** Starts a program and kills it as soon as the stack that it starts in `folder` has a process. */
async function killedHalfWay(folder: string, args: readonly string[]): Promise<void> {
  const child = spawn(NODE, args, { stdio: 'ignore' });
  expect(await until(() => processesOf(join(folder, 'nats')).length > 0, 20)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('down ends what an up that crashed had started', async () => {
  const folder = newFolder();
  await killedHalfWay(folder, [
    MAIN,
    'up',
    '--dir',
    folder,
    '--base',
    String(await freeBase()),
    '--only',
    'mariadb,nats',
  ]);
  expect(processesOf(join(folder, 'nats'))).toHaveLength(1);
  await run(NODE, [MAIN, 'down', '--dir', folder]);
  expect(processesIn(folder)).toEqual([]);
}, 60_000);

test('a stack goes down with the process that started it, however that ends', async () => {
  const folder = newFolder();
  const options = JSON.stringify({ dir: folder, base: await freeBase(), only: ['nats'] });
  const program = `
    import { startStack } from ${JSON.stringify(join(import.meta.dirname, 'stack.ts'))};
    await startStack(${options});
    setInterval(() => undefined, 1000);
  `;
  await killedHalfWay(folder, ['--input-type=module', '--eval', program]);
  expect(await until(() => processesIn(folder).length === 0, 15)).toBe(true);
}, 60_000);

test('the command says what runs, and where', async () => {
  const folder = newFolder();
  const base = await freeBase();
  const here = ['--dir', folder];
  await expect(run(NODE, [MAIN, 'env', ...here])).rejects.toThrow('no stack was ever started');
  await run(NODE, [MAIN, 'up', ...here, '--base', String(base), '--only', 'nats']);
  expect(await run(NODE, [MAIN, 'status', ...here])).toMatch(new RegExp(`^nats +ready +127.0.0.1:${base + 3} \\d+\n$`));
  expect(await run(NODE, [MAIN, 'env', ...here])).toContain(
    `export KTS_STACK_NATS_URL='nats://127.0.0.1:${base + 3}'\n`,
  );
  await run(NODE, [MAIN, 'down', ...here]);
  await expect(run(NODE, [MAIN, 'status', ...here])).rejects.toThrow('ended with status 3');
}, 60_000);
