import { plain } from './wire.ts';

export interface Entry {
  value: unknown;
  /** Greater than that of every entry before it. */
  revision: number;
}

/** A small value that all processes on the bus share, changed only by who has seen it as it is. */
export interface Register {
  /** Undefined where none was ever written. @throws KeystoneError 503 */
  read(): Promise<Entry | undefined>;
  /**
   * @param revision of the entry that this one replaces, 0 where there is none.
   * @returns the new revision, undefined where someone else was faster. @throws KeystoneError 503: it may have been written.
   */
  write(value: unknown, revision: number): Promise<number | undefined>;
}

/** Registers of one process, for the bus that is one. */
export function localRegisters(): (name: string) => Register {
  const entries = new Map<string, Entry>();
  let last = 0;
  return (name) => ({
    async read() {
      const entry = entries.get(name);
      return entry && { ...entry, value: plain(entry.value) };
    },
    async write(value, revision) {
      if ((entries.get(name)?.revision ?? 0) !== revision) return undefined;
      last += 1;
      entries.set(name, { value: plain(value), revision: last });
      return last;
    },
  });
}
