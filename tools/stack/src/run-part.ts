import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, processesOf, stop, until } from './daemon.ts';
import { envoy } from './envoy.ts';
import { mariadb } from './mariadb.ts';
import { memcached } from './memcached.ts';
import { nats } from './nats.ts';
import type { Context, Part } from './part.ts';
import { isService, type PartName } from './part-names.ts';
import { isFree } from './ports.ts';
import { python } from './python.ts';
import { service } from './service.ts';

/** How long a part may take to be ready, in seconds: ample, for a machine with other things to do. */
const PATIENCE = 120;

const MAKERS = { mariadb, nats, memcached, python, envoy };

/** What a part is in this stack; its program is installed when it is missing. */
export function partOf(name: PartName, context: Context): Promise<Part> {
  return isService(name) ? service(name, context) : MAKERS[name](context);
}

export const folderOf = (name: PartName, { folder }: Pick<Context, 'folder'>) => join(folder, name);

/**
 * Has the part run as it is described now, and waits until it is ready. One that runs so already is left alone, one
 * that was started from another description is restarted. Throws, with the end of its log, when it does not get ready.
 */
export async function ensureRunning(part: Part): Promise<void> {
  const description = digest(part);
  const file = join(part.folder, 'description');
  const same = existsSync(file) && readFileSync(file, 'utf8') === description;
  if (processesOf(part.folder).length > 0 && !same) await stop(part.folder);
  if (processesOf(part.folder).length === 0) await startAnew(part);
  writeFileSync(file, description);
  await untilReady(part);
}

async function startAnew(part: Part): Promise<void> {
  for (const port of part.ports) {
    if (!(await isFree(port))) throw new Error(`port ${port}, where ${part.name} would listen, is taken`);
  }
  mkdirSync(part.folder, { recursive: true });
  for (const [name, text] of Object.entries(part.files)) {
    writeFileSync(join(part.folder, name), text, { mode: 0o600 });
  }
  await part.prepare();
  await launch(part);
}

async function untilReady(part: Part): Promise<void> {
  let reason: unknown;
  let ready = false;
  const look = async () => {
    try {
      ready = await part.isReady();
    } catch (error) {
      // Nobody listens yet, most likely; if it stays so, it is the cause of what is thrown below.
      reason = error;
    }
    return ready || processesOf(part.folder).length === 0;
  };
  await until(look, PATIENCE);
  if (ready) return;
  const state = processesOf(part.folder).length === 0 ? 'ended' : `did not get ready (${String(reason)})`;
  throw new Error(`${part.name} ${state}; its log ends with:\n${logOf(part.folder).slice(-2000)}`, { cause: reason });
}

/** Everything that the part of this folder has written. */
export function logOf(folder: string): string {
  const file = join(folder, 'log');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function digest({ command, args, env, files, reads }: Part): string {
  return createHash('sha256').update(JSON.stringify({ command, args, env, files, reads })).digest('hex');
}
