import { statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';

export interface Watching {
  changed(): void;
  pollSeconds: number;
}

const inode = (directory: string): number | undefined => statSync(directory, { throwIfNoEntry: false })?.ino;

/**
 * Calls `changed` when something in the directory changes, and every `pollSeconds` besides: a watch says nothing on a
 * network mount, and dies with the directory when that is replaced, so it is renewed from there.
 * Keeps no process alive.
 * @returns what ends it
 */
export const watchDirectory = (directory: string, { changed, pollSeconds }: Watching): (() => void) => {
  let watcher: FSWatcher | undefined;
  let watched: number | undefined;
  let soon: NodeJS.Immediate | undefined;

  // A rotation is several events in a row.
  const notice = (): void => {
    soon ??= setImmediate(() => {
      soon = undefined;
      changed();
    });
  };
  const forget = (): void => {
    watcher?.close();
    [watcher, watched] = [undefined, undefined];
  };
  const renew = (): void => {
    try {
      const now = inode(directory);
      if (now === watched) return;
      forget();
      if (now === undefined) return;
      watcher = watch(directory, { persistent: false }, notice).on('error', forget);
      watched = now;
    } catch {
      forget(); // Without a watch (none left, no permission) there is still the poll.
    }
  };

  renew();
  const poll = setInterval(() => {
    renew();
    changed();
  }, pollSeconds * 1000).unref();
  return () => {
    clearInterval(poll);
    clearImmediate(soon);
    forget();
  };
};
