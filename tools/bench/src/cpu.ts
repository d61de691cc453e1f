import { readFileSync } from 'node:fs';

/** Linux counts the CPU time of processes in ticks of 10 ms. */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU, user and system, that the processes have used so far; one that has ended counts nothing. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = fields(`/proc/${pid}/stat`);
    return sum + (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) / TICKS_PER_SECOND;
  }, 0);
}

/** Resident memory in MiB. */
export function residentMiB(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (Number(fields(`/proc/${pid}/stat`)[21] ?? 0) * 4096) / 2 ** 20, 0);
}

// The second field is the program's name in parentheses, which may hold spaces: what follows it is counted from 0.
function fields(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return [];
  }
}

export const loadAverage = (): string => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
