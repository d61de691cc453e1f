import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, urlsOf, type StackUrls } from './address-book.ts';
import { processesOf, send, stop, until } from './daemon.ts';
import { stopAll } from './down.ts';
import { release } from './guard.ts';
import { installPython } from './install.ts';
import { confFile } from './keystone-conf.ts';
import { withLock } from './lock.ts';
import { adminUrl, query, type Row } from './mariadb.ts';
import type { Context } from './part.ts';
import type { PartName } from './part-names.ts';
import type { Ports } from './ports.ts';
import { keystoneManage } from './provision.ts';
import { ensureRunning, folderOf, logOf, partOf } from './run-part.ts';

/** A stack in the hands of whoever started it. */
export interface Stack {
  dir: string;
  ports: Ports;
  urls: StackUrls;
  /** keystone.conf; the policy file and the key repositories stand beside it. */
  conf: string;
  /** `OS_*` of the administrator, `KTS_STACK_*`, `KEYSTONE_PYTHON`. Installs Python Keystone where it is missing. */
  env: () => Promise<Record<string, string>>;
  /** The processes of a part, its leader first; none when it does not run. */
  processes: (name: PartName) => number[];
  /** Sends a signal, SIGKILL unless given, and waits for the end of a part that is to end by it. Throws if it does not run. */
  kill: (name: PartName, signal?: NodeJS.Signals) => Promise<void>;
  /** Has a part run, and waits until it is ready. */
  start: (name: PartName) => Promise<void>;
  /** Ends a part as an operator would, by SIGTERM, and starts it again. */
  restart: (name: PartName) => Promise<void>;
  /** Runs keystone-manage on the stack's keystone.conf. Returns what it printed. */
  python: (args: readonly string[]) => Promise<string>;
  /** Runs statements in Keystone's database as an account that may do everything. Returns the rows of the last one. */
  sql: (text: string) => Promise<Row[]>;
  /** Everything a part has written since its folder was made. */
  logs: (name: PartName) => string;
  /** Stops everything; `clean` deletes the folder too. */
  down: (options?: { clean?: boolean }) => Promise<void>;
}

const ENDING: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT'];

/** How long a part may take to end after a signal, in seconds. */
const PATIENCE = 60;

/** The controls of a stack. */
export function controlOf(context: Context): Stack {
  const { folder, state } = context;
  const start = async (name: PartName) => ensureRunning(await partOf(name, context));
  return {
    dir: folder,
    ports: state.ports,
    urls: urlsOf(context),
    conf: confFile(context),
    env: async () => environmentOf(context, await installPython()),
    processes: (name) => processesOf(folderOf(name, context)),
    kill: (name, signal = 'SIGKILL') => kill(folderOf(name, context), signal),
    start,
    async restart(name) {
      await stop(folderOf(name, context), PATIENCE);
      await start(name);
    },
    python: (args) => keystoneManage(context, args),
    sql: (text) => query(adminUrl(context, 'keystone'), text),
    logs: (name) => logOf(folderOf(name, context)),
    async down({ clean = false } = {}) {
      await takeDown(folder, clean);
      await release(folder);
    },
  };
}

/** Stops the stack of a folder; waits for whoever is starting or stopping it. */
export async function takeDown(folder: string, clean: boolean): Promise<void> {
  if (!existsSync(folder)) return;
  await withLock(lockOf(folder), () => stopAll(folder, clean));
}

export const lockOf = (folder: string) => join(folder, 'lock');

async function kill(folder: string, signal: NodeJS.Signals): Promise<void> {
  if (!send(folder, signal)) throw new Error(`nothing runs in ${folder}`);
  if (!ENDING.includes(signal)) return;
  const ended = await until(() => processesOf(folder).length === 0, PATIENCE);
  if (!ended) throw new Error(`what runs in ${folder} goes on after ${signal}`);
}
