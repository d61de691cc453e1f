/** An answer, and what it stands on. */
export interface Fill<V> {
  value: V;
  /** What it costs to keep, in bytes, its key left out. */
  bytes: number;
  /** Seconds since the epoch from which on it may be wrong. */
  until: number;
  /** Names of the facts that it was computed from: a change to one of them drops it. */
  facts: readonly string[];
}

export interface MemoryOptions {
  maxBytes: number;
  /** Seconds since the epoch. */
  now(): number;
  /** Whether changes reach this process; while they do not, nothing is remembered or given. */
  live(): boolean;
}

export interface Memory<V> {
  get(key: string): V | undefined;
  /** What is remembered, or what `load` gives; whoever asks for the same meanwhile waits for the same load. */
  fill(key: string, load: () => Promise<Fill<V>>): Promise<V>;
  /** Forgets every answer that stands on one of the facts. */
  drop(facts: readonly string[]): void;
  clear(): void;
  stats(): { entries: number; bytes: number; hits: number; misses: number; dropped: number };
}

interface Entry<V> extends Fill<V> {
  key: string;
  /** Asked for again since it was remembered: worth more than one that never was. */
  wanted: boolean;
}

/** What an entry takes beyond its value: map slots, sets, strings; measured, see docs/benchmarks.md. */
const OVERHEAD = 600;

/** The part of the memory that answers asked for once may take, so that a flood of them cannot push out the popular. */
const TRIAL = 0.2;

/** Entries by key and by fact, their sum of bytes kept. */
function index<V>() {
  const byKey = new Map<string, Entry<V>>();
  const byFact = new Map<string, Set<Entry<V>>>();
  let bytes = 0;

  const remove = (entry: Entry<V>) => {
    byKey.delete(entry.key);
    bytes -= entry.bytes + OVERHEAD;
    for (const fact of entry.facts) {
      const standing = byFact.get(fact);
      standing?.delete(entry);
      if (standing?.size === 0) byFact.delete(fact);
    }
  };
  const add = (entry: Entry<V>) => {
    const before = byKey.get(entry.key);
    if (before) remove(before);
    byKey.set(entry.key, entry);
    bytes += entry.bytes + OVERHEAD;
    for (const fact of entry.facts) {
      const standing = byFact.get(fact);
      if (standing) standing.add(entry);
      else byFact.set(fact, new Set([entry]));
    }
  };
  return { byKey, byFact, add, remove, bytes: () => bytes };
}

/**
 * Answers kept until something that they stand on changes. Two generations: an answer begins in the trial one and moves
 * to the other when it is asked for again; each gives up its oldest when it is full.
 *
 * A change that arrives while an answer is being computed keeps that answer from being remembered, for it may have been
 * computed from what was before.
 */
export function memory<V>({ maxBytes, now, live }: MemoryOptions): Memory<V> {
  const trial = index<V>();
  const proven = index<V>();
  const loading = new Map<string, Promise<V>>();
  const counts = { hits: 0, misses: 0, dropped: 0 };
  /** Facts that changed while loads are under way; with none under way nobody needs to know. */
  let changed = new Set<string>();
  let underWay = 0;
  let cleared = 0;

  const evict = (generation: typeof trial, limit: number) => {
    for (const entry of generation.byKey.values()) {
      if (generation.bytes() <= limit) return;
      generation.remove(entry);
    }
  };

  const remember = (entry: Entry<V>) => {
    trial.add(entry);
    evict(trial, maxBytes * TRIAL);
  };

  const promote = (entry: Entry<V>) => {
    if (entry.wanted) return;
    entry.wanted = true;
    trial.remove(entry);
    proven.add(entry);
    evict(proven, maxBytes * (1 - TRIAL));
  };

  const get = (key: string): V | undefined => {
    const entry = proven.byKey.get(key) ?? trial.byKey.get(key);
    if (!entry || !live()) return undefined;
    if (now() >= entry.until) {
      (entry.wanted ? proven : trial).remove(entry);
      return undefined;
    }
    promote(entry);
    counts.hits += 1;
    return entry.value;
  };

  async function load(key: string, compute: () => Promise<Fill<V>>): Promise<V> {
    const began = cleared;
    const wasLive = live();
    underWay += 1;
    try {
      const fill = await compute();
      const steady = wasLive && live() && began === cleared && !fill.facts.some((fact) => changed.has(fact));
      if (steady && fill.bytes < maxBytes * TRIAL) remember({ ...fill, key, wanted: false });
      return fill.value;
    } finally {
      underWay -= 1;
      if (underWay === 0) changed = new Set();
    }
  }

  return {
    get,
    fill(key, compute) {
      const held = get(key);
      if (held !== undefined) return Promise.resolve(held);
      counts.misses += 1;
      // While nothing may be remembered, everybody reads for himself: an answer under way may already be old.
      if (!live()) return compute().then(({ value }) => value);
      const under = loading.get(key);
      if (under) return under;
      const loaded = load(key, compute).finally(() => {
        if (loading.get(key) === loaded) loading.delete(key);
      });
      loading.set(key, loaded);
      return loaded;
    },
    drop(facts) {
      // Whoever asks from now on must not be given what was read before the change.
      loading.clear();
      for (const fact of facts) {
        if (underWay > 0) changed.add(fact);
        for (const generation of [trial, proven]) {
          for (const entry of generation.byFact.get(fact) ?? []) {
            generation.remove(entry);
            counts.dropped += 1;
          }
        }
      }
    },
    clear() {
      cleared += 1;
      loading.clear();
      for (const generation of [trial, proven])
        for (const entry of [...generation.byKey.values()]) generation.remove(entry);
    },
    stats: () => ({
      entries: trial.byKey.size + proven.byKey.size,
      bytes: trial.bytes() + proven.bytes(),
      ...counts,
    }),
  };
}
