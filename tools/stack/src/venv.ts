import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './apt.ts';
import { cacheFolder, installLock } from './cache.ts';
import { withLock } from './lock.ts';
import { run } from './run.ts';

/**
 * A Python virtual environment of the cache that holds `requirements`, made anew when they are other than last time.
 * Returns its folder.
 */
export async function venv(name: string, requirements: readonly string[]): Promise<string> {
  const folder = join(cacheFolder(), 'venv', name);
  const text = requirements.join('\n');
  if (holds(folder, text)) return folder;
  await withLock(installLock(), async () => {
    if (!holds(folder, text)) await make(folder, text);
  });
  return folder;
}

// Written last, so an interrupted installation does not count.
const stampOf = (folder: string) => join(folder, '.requirements');

function holds(folder: string, requirements: string): boolean {
  // The interpreter is a link to the system's, which may have gone with an upgrade.
  if (!existsSync(join(folder, 'bin', 'python')) || !existsSync(stampOf(folder))) return false;
  return readFileSync(stampOf(folder), 'utf8') === requirements;
}

async function make(folder: string, requirements: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  await createEmpty(folder);
  const python = join(folder, 'bin', 'python');
  await run(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...requirements.split('\n')]);
  writeFileSync(stampOf(folder), requirements);
}

async function createEmpty(folder: string): Promise<void> {
  try {
    await run('python3', ['-c', 'import venv, ensurepip']);
  } catch {
    // Debian ships Python without these two; where the reason is another one, the next command says it.
    await installPackages(['python3', 'python3-venv']);
  }
  await run('python3', ['-m', 'venv', folder]);
}
