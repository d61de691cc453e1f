import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environmentOf, exportsOf } from './address-book.ts';
import { takeDown } from './control.ts';
import { installPython } from './install.ts';
import { namesIn, PARTS, SERVICES } from './part-names.ts';
import { defaultFolder, startStack, type StackOptions } from './stack.ts';
import { readState } from './state.ts';
import { statusOf } from './status.ts';

const USAGE = `npm run stack -- up|down|status|env [options]

  up       install what is missing, start all of it, wait until it is ready
  down     stop all of it; --clean deletes its folder
  status   what runs; fails when a part does not
  env      print exports for a shell: eval "$(npm run -s stack -- env)"

  --base PORT       the first port (default 15000)
  --dir DIR         the folder (default .stack/PORT)
  --only A,B        of ${PARTS.join(', ')}
  --services A,B    of our services these, or none
  --envoy FILE      instead of the repository's envoy.yaml
  --cache           Python Keystone keeps answers in memcached
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string' },
    dir: { type: 'string' },
    only: { type: 'string' },
    services: { type: 'string' },
    envoy: { type: 'string' },
    cache: { type: 'boolean' },
    clean: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

const base = values.base === undefined ? undefined : Number(values.base);
const folder = resolve(values.dir ?? defaultFolder(base));

const COMMANDS: Record<string, () => Promise<void>> = {
  up: async () => {
    await startStack({ ...chosen(), dir: folder, atExit: 'keep', log: (line) => console.error(line) });
  },
  down: () => takeDown(folder, values.clean ?? false),
  async status() {
    const { lines, complete } = await statusOf(contextOf());
    console.log(lines.join('\n'));
    process.exitCode = complete ? 0 : 3;
  },
  async env() {
    process.stdout.write(exportsOf(environmentOf(contextOf(), await installPython())));
  },
};

function chosen(): StackOptions {
  return {
    ...(base === undefined ? {} : { base }),
    ...(values.only === undefined ? {} : { only: namesIn(values.only, PARTS) }),
    ...(values.services === undefined ? {} : { services: namesIn(values.services, SERVICES) }),
    ...(values.envoy === undefined ? {} : { envoyConfig: values.envoy }),
    cache: values.cache ?? false,
  };
}

function contextOf() {
  const state = readState(folder);
  if (state === undefined) throw new Error(`no stack was ever started in ${folder}`);
  return { folder, state };
}

const command = COMMANDS[positionals[0] ?? ''];
if (values.help === true || command === undefined || positionals.length > 1) {
  console.error(USAGE);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  try {
    await command();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
