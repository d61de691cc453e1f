import { KeystoneError } from '@keystone/errors';
import type { PythonCache } from '@keystone/python-cache';

const wroteNothing = (error: unknown) => error instanceof KeystoneError && error.status < 500;

/**
 * The same, but a writer is not answered either before every process that remembers what the database said has forgotten
 * it. What was refused has written nothing, and waits for nobody.
 *
 * @param settle see `Feed.settle`
 */
export const settledWrites = (pythonCache: PythonCache, settle: () => Promise<void>): PythonCache => ({
  ...pythonCache,
  async writing(changes, write) {
    const outcome = await pythonCache.writing(changes, write).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (!('error' in outcome)) {
      await settle();
      return outcome.value;
    }
    if (!wroteNothing(outcome.error)) await settle();
    throw outcome.error;
  },
});
