import { parseArgs } from 'node:util';
import { conformance } from './conformance.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'with-python': { type: 'boolean' } } });
const { passed, failed, skipped } = await conformance(positionals[0] ?? '', !values['with-python']).run(process.env);
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed > 0 ? 1 : 0;
