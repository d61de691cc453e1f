import type { Daemon } from './daemon.ts';
import type { PartName } from './part-names.ts';
import type { StackState } from './state.ts';

/** One stack: its folder and what it remembers. */
export interface Context {
  folder: string;
  state: StackState;
}

/** One server of a stack: how it is started and when it is ready. */
export interface Part extends Daemon {
  name: PartName;
  /** On 127.0.0.1; the first is the one to be asked at. */
  ports: readonly number[];
  /** Configuration files written into its folder before it starts: name to text. */
  files: Readonly<Record<string, string>>;
  /** What else it reads when it starts: when this, its files or its command line change, `up` restarts it. */
  reads: readonly string[];
  /** What must be done once before its first start. */
  prepare: () => Promise<void>;
  /** Throws, or is false, while it does not answer yet. */
  isReady: () => Promise<boolean>;
}

/** The environment of every part: ours is not theirs, a proxy or an `OS_` variable set here must not change a server. */
export const BARE_ENVIRONMENT = {
  PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  HOME: process.env.HOME ?? '/',
  LANG: 'C.UTF-8',
};

export const nothingToPrepare = () => Promise.resolve();

/** Whether this URL answers 200; throws what it answers instead. */
export async function answers200(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 500)}`);
  return true;
}
