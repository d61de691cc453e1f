/** A start that failed for a reason that the operator can mend: its message is all that he is shown. */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StartError';
  }
}
