import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, ROOT, type Outcome, type Step } from './step.ts';

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  success: boolean;
}

/** Every `*.test.ts` of the repository. A suite that does not even load counts as a failed test. */
export const vitest = (...filters: string[]): Step => ({
  name: 'tests',
  async run(env): Promise<Outcome> {
    const folder = mkdtempSync(join(tmpdir(), 'keystone-ts-report-'));
    const report = join(folder, 'report.json');
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters];
    const code = await execute(join(ROOT, 'node_modules/.bin/vitest'), args, env);
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    ) as VitestReport;
    rmSync(folder, { recursive: true });
    return {
      passed: numPassedTests,
      failed: code === 0 ? numFailedTests : Math.max(numFailedTests, 1),
      skipped: numPendingTests + numTodoTests,
    };
  },
});
