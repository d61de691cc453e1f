import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A long-running program and the folder it belongs to: `log` and `pid` are kept there, and it is its working directory. */
export interface Daemon {
  folder: string;
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

// The shell writes who it is before it becomes the program, so that a program never runs without a record of it,
// whatever befalls us meanwhile. Its start time tells it from a later process with the same id.
const RECORD_AND_BECOME = 'cat /proc/$$/stat >"$0" && exec "$@"';

/** Starts it in a process group of its own, which outlives us. Returns when its record stands; not yet when it is ready. */
export async function launch({ folder, command, args, env }: Daemon): Promise<void> {
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, 'pid'), { force: true });
  const log = openSync(join(folder, 'log'), 'a', 0o600);
  try {
    const shell = ['-c', RECORD_AND_BECOME, join(folder, 'pid'), command, ...args];
    const child = spawn('/bin/sh', shell, { cwd: folder, env, detached: true, stdio: ['ignore', log, log] });
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    await Promise.race([failed, until(() => recorded(folder) !== undefined || child.exitCode !== null, 10)]);
    child.unref();
  } finally {
    closeSync(log);
  }
}

/** The ids of the processes of the daemon of this folder, its leader first; none when it does not run. */
export function processesOf(folder: string): number[] {
  const leader = recorded(folder);
  if (leader === undefined || !groupExists(leader.pid)) return [];
  const now = stat(leader.pid);
  if (now !== undefined && now.start !== leader.start) return [];
  const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return all
    .map(Number)
    .filter((pid) => belongs(pid, leader.pid))
    .sort((a, b) => Number(b === leader.pid) - Number(a === leader.pid));
}

/** These go to every process of the daemon; others to its leader, who knows what they mean to its workers. */
const TO_ALL: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGSTOP', 'SIGCONT'];

/** Sends a signal. Returns whether there was anybody to get it. */
export function send(folder: string, signal: NodeJS.Signals): boolean {
  const [first] = processesOf(folder);
  const leader = recorded(folder);
  if (first === undefined || leader === undefined) return false;
  sendTo(TO_ALL.includes(signal) ? -leader.pid : first, signal);
  return true;
}

/**
 * Ends it and waits until it is gone: SIGTERM to its leader, who has `patience` seconds to end with all his workers, and
 * SIGKILL to what is left.
 */
export async function stop(folder: string, patience = 20): Promise<void> {
  const [leader] = processesOf(folder);
  if (patience > 0 && send(folder, 'SIGTERM')) await until(() => processesOf(folder)[0] !== leader, patience);
  while (send(folder, 'SIGKILL')) await sleep(20);
  rmSync(join(folder, 'pid'), { force: true });
}

/** Waits until `holds`, looking often. Returns whether it did within `seconds`. */
export async function until(holds: () => boolean | Promise<boolean>, seconds: number): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > end) return false;
    await sleep(30);
  }
}

interface Stat {
  pid: number;
  state: string;
  group: number;
  threads: string;
  start: string;
}

/** `/proc/<pid>/stat` (proc_pid_stat(5)): the name stands in parentheses and may hold anything, so count from its end. */
function parse(text: string): Stat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const [threads, start] = [fields[17], fields[19]];
  if (state === undefined || group === undefined || threads === undefined || start === undefined) return undefined;
  return { pid: Number.parseInt(text, 10), state, group: Number(group), threads, start };
}

function recorded(folder: string): Stat | undefined {
  const file = join(folder, 'pid');
  return existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined;
}

function stat(pid: number): Stat | undefined {
  try {
    return parse(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function belongs(pid: number, group: number): boolean {
  const now = stat(pid);
  return now !== undefined && now.group === group && !isDead(now);
}

// A process whose first thread has ended is a zombie, but its ports are open until the last of the others has.
function isDead({ state, threads }: Stat): boolean {
  return state === 'X' || (state === 'Z' && threads === '1');
}

function groupExists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    // A group of another user's under an id that was ours once.
    if (error instanceof Error && 'code' in error && error.code === 'EPERM') return false;
    throw error;
  }
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** A process that ended between our look and our act: ENOENT of /proc, ESRCH of read(2) and kill(2). */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'ENOENT');
}
