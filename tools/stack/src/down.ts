import { rmSync } from 'node:fs';
import { stop } from './daemon.ts';
import { PARTS, isService, type PartName } from './part-names.ts';
import { folderOf } from './run-part.ts';

/**
 * Stops all that runs in a stack's folder, whoever started it and however far he came, those in front first. `clean`
 * deletes the folder too, so nothing needs to be written out before.
 */
export async function stopAll(folder: string, clean = false): Promise<void> {
  const inFront: readonly PartName[] = PARTS.filter((name) => name === 'python' || isService(name));
  const behind = PARTS.filter((name) => name !== 'envoy' && !inFront.includes(name));
  const stopThese = (names: readonly PartName[]) =>
    Promise.all(names.map((name) => stop(folderOf(name, { folder }), clean ? 0 : undefined)));
  await stopThese(['envoy']);
  await stopThese(inFront);
  await stopThese(behind);
  if (clean) rmSync(folder, { recursive: true, force: true });
}
