import type { Outcome, Step } from './step.ts';
import { haveSuites, run, script, SUITES, underTest } from './upstream.ts';

async function ownTests(filter: string, alone: boolean): Promise<Outcome> {
  const { url, settings, stop } = await underTest(alone);
  try {
    const args = [script('test_v3_remote.sh'), url, filter];
    const { stdout } = await run('bash', args, { env: settings, maxBuffer: 1 << 28 }).catch((error: unknown) => ({
      stdout: String((error as { stdout?: string }).stdout ?? error),
    }));
    process.stdout.write(stdout);
    const [, passed, failed, skipped] = /(\d+) passed, (\d+) failed, (\d+) skipped/.exec(stdout) ?? [];
    if (passed === undefined) return { passed: 0, failed: 1, skipped: 0 };
    return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
  } finally {
    await stop();
  }
}

/**
 * Keystone's own REST tests whose id matches. Where they are not at hand the step says so; in CI that is a failure.
 *
 * @param alone nothing is sent to Python; else Envoy sends it what is not ours
 */
export const conformance = (filter: string, alone = true): Step => ({
  name: `conformance ${filter}${alone ? '' : ', with Python behind'}`,
  async run() {
    if (haveSuites()) return ownTests(filter, alone);
    process.stdout.write(`The upstream suites are not in ${SUITES}; KTS_CONFORMANCE names another place.\n`);
    return process.env.CI ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
  },
});
