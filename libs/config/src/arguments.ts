import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';
import type { ConfigSource, Overrides } from './load.ts';

export interface Arguments {
  readonly configFiles: string[];
  readonly configDirs: string[];
  /** Both in the order they were given: where a directory stands before a file, the file wins, as in oslo.config. */
  readonly sources: ConfigSource[];
  readonly overrides: Overrides;
}

const text = { type: 'string' } as const;

const FLAGS = {
  'config-file': { ...text, multiple: true },
  'config-dir': { ...text, multiple: true },
  bind: text,
  'health-bind': text,
  'data-dir': text,
  'nats-url': text,
} as const;

/** What the flags mean, for an error or --help. */
export const USAGE = `Flags:
  --config-file FILE       an oslo.config file; may be repeated, a later one wins
  --config-dir DIR         a directory of *.conf files, read in the order of their names; may be repeated
  --bind HOST:PORT         where the Identity API answers
  --health-bind HOST:PORT  where /healthz, /readyz and /metrics answer
  --data-dir DIR           where the embedded Keystone keeps its files
  --nats-url URL           the NATS server`;

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, strict: true, tokens: true });
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n');
    throw new ConfigError([`${first}\n${USAGE}`]);
  }
};

/**
 * Reads a service's command line.
 *
 * @param argv without the program's own name: `process.argv.slice(2)`.
 * @throws ConfigError with the usage text, for a flag that is unknown or has no value.
 */
export const parseArguments = (argv: readonly string[]): Arguments => {
  const { values, tokens } = parse(argv);
  const sources = tokens.flatMap((token): ConfigSource[] => {
    if (token.kind !== 'option' || token.value === undefined) return [];
    if (token.name === 'config-file') return [{ file: token.value }];
    return token.name === 'config-dir' ? [{ dir: token.value }] : [];
  });
  const overrides = {
    ...(values.bind !== undefined && { bind: values.bind }),
    ...(values['health-bind'] !== undefined && { health_bind: values['health-bind'] }),
    ...(values['data-dir'] !== undefined && { data_dir: values['data-dir'] }),
    ...(values['nats-url'] !== undefined && { nats_url: values['nats-url'] }),
  };
  return { configFiles: values['config-file'] ?? [], configDirs: values['config-dir'] ?? [], sources, overrides };
};
