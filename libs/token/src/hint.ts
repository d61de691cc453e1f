/**
 * What a question is likely to need, learned from the answer to an earlier one: the domain of a user or project, who takes
 * part in a trust, which roles an application credential or access token is limited to. None of this changes as long as
 * the thing exists, and nothing is concluded from it: it only lets questions be asked at once that would else wait for an
 * answer, and what it leaves out or has wrong is asked for afterwards.
 */
export interface Hints {
  of(kind: HintKind, id: string): readonly string[];
  learn(kind: HintKind, id: string, ids: readonly string[]): void;
}

export type HintKind = 'user' | 'project' | 'trust' | 'roles';

/** Entries; one takes some 300 bytes. */
const MOST = 50_000;

const NONE: readonly string[] = [];

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((id, at) => id === b[at]);

/** Forgets what has not been learned or asked for the longest. */
export function hints(most = MOST): Hints {
  const held = new Map<string, readonly string[]>();

  const touch = (key: string, ids: readonly string[]) => {
    held.delete(key);
    held.set(key, ids);
  };
  return {
    of(kind, id) {
      const key = `${kind}:${id}`;
      const ids = held.get(key);
      if (!ids) return NONE;
      touch(key, ids);
      return ids;
    },
    learn(kind, id, ids) {
      const key = `${kind}:${id}`;
      if (same(held.get(key) ?? NONE, ids)) return;
      touch(key, ids);
      for (const oldest of held.keys()) {
        if (held.size <= most) return;
        held.delete(oldest);
      }
    },
  };
}
