import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { beforeAll, expect, test } from 'vitest';
import { ROOT } from './step.ts';

let lint: ESLint;

beforeAll(() => {
  // Without a project graph the rule passes everything over in silence.
  execFileSync(join(ROOT, 'node_modules/.bin/nx'), ['graph', '--file=.nx/graph.json'], { cwd: ROOT });
  lint = new ESLint({ cwd: ROOT });
});

async function rulesBroken(file: string, text: string): Promise<(string | null)[]> {
  const [result] = await lint.lintText(text, { filePath: join(ROOT, file) });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
}

test.each([
  ['a subsystem another', 'libs/token/src/index.ts', '@keystone/catalog'],
  ['a kit another', 'libs/bus/src/index.ts', '@keystone/api'],
  ['a pure library a kit', 'libs/policy/src/index.ts', '@keystone/config'],
  ['the service a subsystem', 'libs/service/src/index.ts', '@keystone/token'],
])('the lint forbids %s to import', async (_what, file, imported) => {
  expect(await rulesBroken(file, `export * from '${imported}';\n`)).toContain('@nx/enforce-module-boundaries');
});

test.each([
  ['libs/token/src/index.ts', 'express'],
  ['libs/service/src/index.ts', 'nats'],
  ['libs/catalog/src/region.ts', 'typeorm'],
])('%s may not import %s', async (file, imported) => {
  expect(await rulesBroken(file, `export * from '${imported}';\n`)).toContain('no-restricted-imports');
});

test('a store may import typeorm, and a subsystem its contract', async () => {
  expect(await rulesBroken('libs/catalog/src/region.store.ts', "export { IsNull } from 'typeorm';\n")).toEqual([]);
  expect(await rulesBroken('libs/token/src/index.ts', "export { introspect } from '@keystone/contracts';\n")).toEqual(
    [],
  );
});
