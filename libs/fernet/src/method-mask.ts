import type { Wire } from './msgpack.ts';
import { malformed } from './token-error.ts';

/** Authentication methods as one number: bit i stands for the i-th of `[auth] methods` (auth/plugins/core.py). */
export interface MethodMask {
  /** A method that is not configured leaves no trace. */
  pack(methods: readonly string[]): number;
  /**
   * The highest bit comes first, so the order of the request is lost. A mask with a bit above the configured ones reads
   * as no methods at all, because Python divides by one bit after the other from the top.
   */
  read(mask: Wire | undefined): string[];
}

/** @param configured `[auth] methods` in the file's order; every node that shares the keys must have the same */
export const methodMask = (configured: readonly string[]): MethodMask => ({
  pack: (methods) => configured.reduce((mask, name, bit) => (methods.includes(name) ? mask + 2 ** bit : mask), 0),
  read: (mask) => {
    if (typeof mask !== 'number' || !Number.isInteger(mask)) return malformed('the methods are no mask');
    let rest = mask;
    const names: string[] = [];
    for (const [name, bit] of configured.map((name, index) => [name, 2 ** index] as const).reverse()) {
      if (Math.floor(rest / bit) !== 1) continue;
      names.push(name);
      rest -= bit;
    }
    return names;
  },
});
