import { installOpenstackClient, testServers } from '@keystone/stack-tool';
import { checks } from './check.ts';
import { conformance } from './conformance.ts';
import { vitest } from './suites.ts';
import { execute, type Outcome, type Step } from './step.ts';

/** Of Keystone's own tests: what this project claims to serve whole. */
const CLAIMED = 'test_versions|test_v3_catalog.*(Region|Service|Endpoint|CatalogTestCase)';

async function runAll(steps: readonly Step[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, run } of steps) {
    process.stdout.write(`\n== ${name}\n`);
    const began = Date.now();
    const outcome = await run(env).catch((error: unknown) => {
      process.stdout.write(`${(error as Error).stack ?? String(error)}\n`);
      return { passed: 0, failed: 1, skipped: 0 };
    });
    const seconds = Math.round((Date.now() - began) / 1000);
    process.stdout.write(`== ${name}: ${outcome.failed === 0 ? 'fine' : 'FAILED'} after ${seconds} s\n`);
    for (const count of ['passed', 'failed', 'skipped'] as const) total[count] += outcome[count];
  }
  return total;
}

/** The stack that the interoperability tests share stays up between their files. */
const interopDown = () =>
  execute(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    'tools/stack/src/main.ts',
    'down',
    '--base',
    '16000',
    '--clean',
  ]);

async function everything(): Promise<Outcome> {
  const servers = await testServers();
  const { openstack } = await installOpenstackClient();
  const { stop, ...settings } = servers;
  // CI says that no suite may be left out for want of a server.
  const env = { ...process.env, ...settings, KTS_OPENSTACK: openstack, CI: 'true' };
  try {
    return await runAll([...checks, vitest(), conformance(CLAIMED)], env);
  } finally {
    await stop();
    await interopDown();
  }
}

const what = process.argv[2];
const { passed, failed, skipped } = what === 'check' ? await runAll(checks, process.env) : await everything();
process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 ? 1 : 0;
