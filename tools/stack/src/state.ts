import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PartName } from './part-names.ts';
import type { Ports } from './ports.ts';

/** What a stack's folder remembers of it, in `stack.json`. */
export interface StackState {
  ports: Ports;
  parts: readonly PartName[];
  cache: boolean;
  envoyConfig: string;
  /** Lines added to keystone.conf. */
  conf: string;
  secrets: Secrets;
}

/** Made for each stack: nothing on the machine but its owner gets in. */
export interface Secrets {
  /** Of Keystone's user `admin`. */
  admin: string;
  /** Of MariaDB's account `keystone`, which has the database `keystone`. */
  database: string;
  /** Of MariaDB's account `stack`, which may do everything. */
  root: string;
}

const fileOf = (folder: string) => join(folder, 'stack.json');

export function newSecrets(): Secrets {
  const secret = () => randomBytes(16).toString('hex');
  return { admin: secret(), database: secret(), root: secret() };
}

/** What the folder remembers; nothing when no stack was ever started there. */
export function readState(folder: string): StackState | undefined {
  const file = fileOf(folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StackState) : undefined;
}

export function writeState(folder: string, state: StackState): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(folder), `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
}
