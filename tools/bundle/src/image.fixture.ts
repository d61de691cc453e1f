import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { bundle, ROOT } from './bundle.ts';

export const ADMIN_PASSWORD = 'of the test';

interface Locked {
  dev?: boolean;
  devOptional?: boolean;
  link?: boolean;
}

/** Folders of `node_modules` that an image has: those without `dev` in the lock, of optional ones what is installed here. */
function productionFolders(): string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  return Object.entries(lock.packages)
    .filter(([, { dev, devOptional, link }]) => !dev && !devOptional && !link)
    .map(([path]) => path)
    .filter((path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && path !== 'node_modules/node')
    .filter((path) => existsSync(join(ROOT, path)));
}

/** A folder with the packages of an image, away from the checkout and its devDependencies. */
export function imageFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keystone-image-')));
  for (const path of productionFolders()) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  return folder;
}

export const removeFolder = (folder: string) => rmSync(folder, { recursive: true });

/** An app in an image's folder, and its flags. */
export interface Start {
  folder: string;
  app: string;
  args: readonly string[];
}

export interface Addresses {
  /** Of the API: `http://127.0.0.1:5000`. */
  url: string;
  /** Of `/healthz`, `/readyz` and `/metrics`. */
  health: string;
}

interface Running {
  child: ChildProcess;
  /** What it has written so far. */
  log(): string;
}

async function start({ folder, app, args }: Start): Promise<Running> {
  const file = join(folder, `${app}.mjs`);
  await bundle(app, file);
  const addresses = ['--bind', '127.0.0.1:0', '--health-bind', '127.0.0.1:0'];
  const child = spawn(join(ROOT, 'node_modules/.bin/node'), [file, ...args, ...addresses], {
    cwd: folder,
    env: { NODE_ENV: 'production', OS_BOOTSTRAP_PASSWORD: ADMIN_PASSWORD },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, log: () => text };
}

/** What its log says of its addresses. */
async function addressesOf({ child, log }: Running): Promise<Addresses> {
  for (;;) {
    const lines = log().split('\n').slice(0, -1);
    const line = lines.find((each) => each.includes('"message":"serving"'));
    if (line) return JSON.parse(line) as Addresses;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended too soon:\n${log()}`);
    await sleep(50);
  }
}

/** Calls `look` while the bundle serves; then it must end well when SIGTERM asks. */
export async function whileServing(what: Start, look: (at: Addresses) => Promise<void>): Promise<void> {
  const running = await start(what);
  const ended = once(running.child, 'exit');
  try {
    await look(await addressesOf(running));
  } finally {
    running.child.kill('SIGTERM');
    await ended;
  }
  expect(running.child.exitCode, running.log()).toBe(0);
}
