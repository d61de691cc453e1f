import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own, through which the servers' users can pass. */
export function temporaryFolder(mode = 0o711): string {
  const folder = mkdtempSync(join(tmpdir(), 'stack-test-'));
  chmodSync(folder, mode);
  return folder;
}

/** The command lines of all processes that name this folder or work in it. */
export function processesIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => ({ command: look(pid, 'cmdline', read), at: look(pid, 'cwd', readlinkSync) }))
    .filter(({ command, at }) => command.includes(folder) || at.startsWith(folder))
    .map(({ command }) => command.replaceAll('\0', ' '));
}

const read = (path: string) => readFileSync(path, 'utf8');

function look(pid: string, entry: string, reader: (path: string) => string): string {
  try {
    return reader(`/proc/${pid}/${entry}`);
  } catch {
    // It ended meanwhile, or is another user's: then it is none of ours.
    return '';
  }
}
