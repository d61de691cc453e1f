/**
 * What a request is about, nested or flat: `{ user_id, target: { user: { domain_id } }, request_body }`. A rule names
 * it by dotted path; objects themselves have no value (keystone/common/utils.py, flatten_dict).
 */
export interface PolicyTarget {
  readonly [name: string]: unknown;
}

/** The value at a path of a target, or `MISSING`. */
export type TargetLookup = (target: PolicyTarget) => unknown;

export const MISSING = Symbol('missing');

export const isMapping = (value: unknown): value is PolicyTarget =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Prepares the look-up of one dotted path. Any run of its segments may be one flat key (`{ 'target.user.id': … }`);
 * where a nested and a flat value stand side by side, the nested one counts.
 */
export const lookUp = (path: string): TargetLookup => {
  const segments = path.split('.');
  const last = segments.length - 1;
  // runs[from] holds the keys that may stand at this depth, shortest first.
  const runs = segments.map((_, from) =>
    segments.slice(from).map((_, count) => segments.slice(from, from + count + 1).join('.')),
  );
  const find = (node: PolicyTarget, from: number): unknown => {
    let end = from;
    for (const key of runs[from] ?? []) {
      const found = Object.hasOwn(node, key) ? valueOf(node[key], end) : MISSING;
      if (found !== MISSING) return found;
      end++;
    }
    return MISSING;
  };
  const valueOf = (value: unknown, end: number): unknown => {
    if (isMapping(value)) return end < last ? find(value, end + 1) : MISSING;
    return end === last && value !== undefined ? value : MISSING;
  };
  return (target) => find(target, 0);
};
