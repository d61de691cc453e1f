import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withLock } from './lock.ts';
import { NODE } from './repository.ts';
import { temporaryFolder } from './testing.ts';

test('one works at a time, and the next begins when the first has failed', async () => {
  const file = join(temporaryFolder(), 'lock');
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 150));
    events.push(`${name} ends`);
    if (name === 'a') throw new Error('a fails');
  };
  const [a, b] = await Promise.allSettled([withLock(file, work('a')), withLock(file, work('b'))]);
  expect([a.status, b.status]).toEqual(['rejected', 'fulfilled']);
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  rmSync(join(file, '..'), { recursive: true });
});

test('a holder that is killed gives it back', async () => {
  const file = join(temporaryFolder(), 'lock');
  const program = `
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    await withLock(${JSON.stringify(file)}, async () => { console.log('held'); await new Promise((r) => setTimeout(r, 60000)); });
  `;
  const holder = spawn(NODE, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(holder.stdout, 'data');
  let taken = false;
  const waiting = withLock(file, () => Promise.resolve((taken = true)));
  expect(taken).toBe(false);
  holder.kill('SIGKILL');
  expect(await waiting).toBe(true);
  rmSync(join(file, '..'), { recursive: true });
});
