import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launch, processesOf, send, stop, until } from './daemon.ts';
import { temporaryFolder } from './testing.ts';

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await stop(folder, 0);
  rmSync(folder, { recursive: true });
});

const shell = (script: string) =>
  launch({ folder, command: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' } });
const log = () => readFileSync(join(folder, 'log'), 'utf8');

test('workers are found and ended with their leader', async () => {
  await shell('sleep 1000 & sleep 1000 & echo there; wait');
  expect(await until(() => log() === 'there\n', 5)).toBe(true);
  expect(processesOf(folder)).toHaveLength(3);
  await stop(folder, 5);
  expect(processesOf(folder)).toEqual([]);
});

test('workers that a dead leader left behind are ended too', async () => {
  await shell('sleep 1000 & echo there; wait');
  expect(await until(() => log() === 'there\n', 5)).toBe(true);
  const [leader = 0] = processesOf(folder);
  process.kill(leader, 'SIGKILL');
  expect(await until(() => !processesOf(folder).includes(leader), 5)).toBe(true);
  expect(processesOf(folder)).toHaveLength(1);
  await stop(folder, 5);
  expect(processesOf(folder)).toEqual([]);
});

test('who does not heed SIGTERM is killed', async () => {
  await shell(`trap '' TERM; echo there; while :; do sleep 0.1; done`);
  expect(await until(() => log() === 'there\n', 5)).toBe(true);
  await stop(folder, 0.3);
  expect(processesOf(folder)).toEqual([]);
});

test('a signal to the leader is not sent to the workers', async () => {
  await shell(
    `trap 'echo leader' HUP; (trap 'echo worker' HUP; while :; do sleep 0.05; done) & echo there; while :; do wait; done`,
  );
  expect(await until(() => log() === 'there\n', 5)).toBe(true);
  expect(send(folder, 'SIGHUP')).toBe(true);
  expect(await until(() => log().includes('leader'), 5)).toBe(true);
  expect(log()).not.toContain('worker');
});

test('a later process with the same id is not taken for the daemon', async () => {
  await shell('exec sleep 1000');
  const record = readFileSync(join(folder, 'pid'), 'utf8');
  const fields = record.split(' ');
  // Field 22 of /proc/<pid>/stat: when it started.
  writeFileSync(join(folder, 'pid'), fields.with(21, '1').join(' '));
  expect(processesOf(folder)).toEqual([]);
  expect(send(folder, 'SIGKILL')).toBe(false);
  writeFileSync(join(folder, 'pid'), record);
  expect(processesOf(folder)).toHaveLength(1);
});
