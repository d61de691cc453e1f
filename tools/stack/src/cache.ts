import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What is installed once and shared by every stack of this user: `KTS_CACHE`, else `~/.cache/keystone-ts`. */
export function cacheFolder(): string {
  const folder = resolve(process.env.KTS_CACHE ?? join(homedir(), '.cache', 'keystone-ts'));
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The lock of whoever changes the cache or the machine's packages. */
export const installLock = () => join(cacheFolder(), 'install.lock');
