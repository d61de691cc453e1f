import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { coverage } from './coverage.ts';
import { envoyConfig } from './envoy.ts';
import { openapi } from './openapi.ts';
import { operationsTable } from './operations.ts';

const ROOT = join(import.meta.dirname, '../../..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' }, without: { type: 'string', multiple: true } },
});

/** Writes what is made from the operations, or with --check says what has drifted. */
function generate(): void {
  const envoy = envoyConfig(values.without);
  const files: Record<string, string> = {
    'envoy.yaml': envoy,
    // kustomize takes no file from outside its folder.
    'deploy/kustomize/base/envoy.yaml': envoy,
    'docs/openapi.json': openapi(),
    'docs/coverage.md': coverage(),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(ROOT, name);
    if (!values.check) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      process.stderr.write(`${name} is not what the operations give: run npm run generate\n`);
      process.exitCode = 1;
    }
  }
}

if (positionals[0] === 'operations') process.stdout.write(`${operationsTable()}\n`);
else generate();
