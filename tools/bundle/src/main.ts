import { bundle } from './bundle.ts';

const [app, outfile, ...rest] = process.argv.slice(2);
if (!app || !outfile || rest.length > 0) {
  process.stderr.write('Usage: node tools/bundle/src/main.ts APP FILE, for instance token dist/token.mjs\n');
  process.exit(2);
}
await bundle(app, outfile);
