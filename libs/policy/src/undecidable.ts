/**
 * A check that has no answer: where Python raises while it evaluates a rule (and answers 500), or where a rule asks a
 * remote server. Whoever catches it denies; it is thrown rather than answered `false` so that a `not` cannot turn it
 * into an allowance.
 */
export class UndecidableRule extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UndecidableRule';
  }
}

export const undecidable = (reason: string): never => {
  throw new UndecidableRule(reason);
};
