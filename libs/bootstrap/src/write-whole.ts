import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file that others may not read, whole or not at all: a start may be killed at any moment. */
export function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  renameSync(unfinished, path);
}
