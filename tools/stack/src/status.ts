import { processesOf } from './daemon.ts';
import type { Context } from './part.ts';
import { PARTS, type PartName } from './part-names.ts';
import { folderOf, partOf } from './run-part.ts';

/** A line for each part that runs or was asked for, and whether all that were asked for are ready. */
export async function statusOf(context: Context): Promise<{ lines: string[]; complete: boolean }> {
  const { parts, ports } = context.state;
  const states = await Promise.all(PARTS.map(async (name) => ({ name, ...(await stateOf(name, context)) })));
  const shown = states.filter(({ name, pids }) => pids.length > 0 || parts.includes(name));
  return {
    lines: shown.map(({ name, state, pids }) =>
      [name.padEnd(10), state.padEnd(9), `127.0.0.1:${ports[name]}`, ...pids].join(' ').trimEnd(),
    ),
    complete: shown.every(({ name, state }) => state === 'ready' || !parts.includes(name)),
  };
}

async function stateOf(name: PartName, context: Context): Promise<{ state: string; pids: number[] }> {
  const pids = processesOf(folderOf(name, context));
  if (pids.length === 0) return { state: 'down', pids };
  const part = await partOf(name, context);
  const ready = await part.isReady().catch(() => false);
  return { state: ready ? 'ready' : 'not ready', pids };
}
