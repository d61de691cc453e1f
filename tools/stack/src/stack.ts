import { join, resolve } from 'node:path';
import { controlOf, lockOf, type Stack } from './control.ts';
import { stopAll } from './down.ts';
import { guard, release } from './guard.ts';
import { installPython, installServers, type ServerProgram } from './install.ts';
import { writeConfiguration } from './keystone-conf.ts';
import { withLock } from './lock.ts';
import type { Context, Part } from './part.ts';
import { isService, PARTS, withNeeds, type PartName, type ServiceName } from './part-names.ts';
import { portsFrom } from './ports.ts';
import { makeDatabase, makeKeys } from './provision.ts';
import { ENVOY_CONFIG, REPOSITORY } from './repository.ts';
import { ensureRunning, partOf } from './run-part.ts';
import { newSecrets, readState, writeState, type StackState } from './state.ts';

export interface StackOptions {
  /** The first of its ports; 15000, unless its folder remembers another. */
  base?: number;
  /** Its folder; `.stack/<base>` in the repository, unless given. */
  dir?: string;
  /** Python Keystone keeps answers in memcached; else it keeps none. */
  cache?: boolean;
  /** Run these and what they need; all, unless given. */
  only?: readonly PartName[];
  /** Of our services run these; those of `only`, unless given. */
  services?: readonly ServiceName[];
  /** Envoy's configuration as written for Compose; `envoy.yaml` of the repository, unless given. */
  envoyConfig?: string;
  /** Lines to add to keystone.conf. */
  conf?: string;
  /** What becomes of it when this process ends: it goes down, unless given; its folder is deleted too; it stays up. */
  atExit?: 'down' | 'clean' | 'keep';
  /** Told what is going on. */
  log?: (line: string) => void;
}

const DEFAULT_BASE = 15_000;

/** The folder of a stack for which none is named. */
export const defaultFolder = (base = DEFAULT_BASE) => join(REPOSITORY, '.stack', String(base));

/**
 * Installs what is missing, starts what does not run, and returns when all of it is ready. When that fails, what runs in
 * the folder is stopped.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = resolve(options.dir ?? defaultFolder(options.base));
  const { atExit = 'down' } = options;
  if (atExit !== 'keep') guard(folder, atExit === 'clean');
  const log = options.log ?? (() => undefined);
  return withLock(lockOf(folder), async () => {
    try {
      const context = { folder, state: stateFor(folder, options) };
      writeState(folder, context.state);
      await bringUp(context, log);
      return controlOf(context);
    } catch (error) {
      await stopAll(folder);
      await release(folder);
      throw error;
    }
  });
}

function stateFor(folder: string, options: StackOptions): StackState {
  const earlier = readState(folder);
  const remembered = options.base === undefined ? earlier?.ports : undefined;
  const { only = PARTS, services, cache = false } = options;
  const asked = services === undefined ? only : [...only.filter((name) => !isService(name)), ...services];
  return {
    ports: remembered ?? portsFrom(options.base ?? DEFAULT_BASE),
    cache,
    parts: withNeeds(asked, cache),
    envoyConfig: resolve(options.envoyConfig ?? ENVOY_CONFIG),
    conf: options.conf ?? '',
    secrets: earlier?.secrets ?? newSecrets(),
  };
}

async function bringUp(context: Context, log: (line: string) => void): Promise<void> {
  const { parts } = context.state;
  const isKeystone = (name: PartName) => name === 'python' || isService(name);
  const keystone = parts.some(isKeystone);
  await install(parts, keystone);
  const described = await Promise.all(parts.map((name) => partOf(name, context)));
  const up = (which: (name: PartName) => boolean) =>
    described.filter(({ name }) => which(name)).map((part) => announce(part, log));
  if (keystone) writeConfiguration(context);
  await together([...up((name) => name !== 'envoy' && !isKeystone(name)), keystone && makeKeys(context)]);
  if (keystone) await makeDatabase(context, log);
  await together(up(isKeystone));
  // Last, so that its first health checks find the others as they are.
  await together(up((name) => name === 'envoy'));
}

async function announce(part: Part, log: (line: string) => void): Promise<void> {
  await ensureRunning(part);
  log(`${part.name} is ready on 127.0.0.1:${part.ports[0]}`);
}

const PROGRAMS: Partial<Record<PartName, ServerProgram>> = {
  mariadb: 'mariadbd',
  nats: 'nats-server',
  memcached: 'memcached',
  envoy: 'envoy',
};

// All at once, since each call of apt takes its time and a program that cannot be had should be missed before any runs.
async function install(parts: readonly PartName[], keystone: boolean): Promise<void> {
  await installServers(parts.map((name) => PROGRAMS[name]).filter((program) => program !== undefined));
  if (keystone) await installPython();
}

/** Waits for all of them even when one fails, so that nothing is started behind the back of who then stops them. */
async function together(work: readonly (Promise<void> | false)[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}
