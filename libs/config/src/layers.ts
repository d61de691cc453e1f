import type { ConfigFile, FileValue } from './config-file.ts';
import type { Option } from './option.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where values may be written, the strongest last: files in order (a later one wins), environment, command line. */
export interface Layers {
  readonly files?: readonly ConfigFile[];
  readonly environment?: Environment;
  /** By section and option. */
  readonly overrides?: Readonly<Record<string, Readonly<Record<string, string | undefined>>>>;
}

/** The texts found for an option (one, unless it is `multi`), and where the last of them stands. */
export interface Written {
  readonly texts: readonly string[];
  readonly where: string;
}

export interface Place {
  readonly section: string;
  readonly name: string;
}

const places = (at: Place, option: Option): Place[] => [
  at,
  ...(option.deprecated ?? []).map((old) => ({ ...at, ...old })),
];

const inFile = (file: ConfigFile, { section, name }: Place): readonly FileValue[] =>
  file.sections.get(section)?.get(name) ?? [];

const isHere = (values: readonly FileValue[]): boolean => values.length > 0;

// Within one file the option's own name goes before its old ones, but an old name in a later file wins over both; the
// values of a multi option come from all files and all names, the old ones first (cfg.py, _get_file_value).
const inFiles = (files: readonly ConfigFile[], at: Place, option: Option): Written | undefined => {
  const names = places(at, option);
  const perFile = files.map((file) => {
    const found = names.map((name) => inFile(file, name)).filter(isHere);
    const values = option.kind === 'multi' ? found.toReversed().flat() : (found[0] ?? []).slice(-1);
    return { file, values };
  });
  const used = perFile.filter(({ values }) => isHere(values));
  const last = used.at(-1);
  if (!last) return undefined;
  const values = option.kind === 'multi' ? used.flatMap((entry) => entry.values) : last.values;
  return { texts: values.map(({ text }) => text), where: `${last.file.name}:${last.values.at(-1)?.line}` };
};

/** OS_TOKEN__EXPIRATION for `[token] expiration` (oslo_config/sources/_environment.py). Old names are not looked up. */
export const environmentName = ({ section, name }: Place): string =>
  `OS_${section.toUpperCase()}__${name.toUpperCase()}`;

/**
 * What is written for an option, and nothing where its default holds.
 *
 * An environment variable gives a `multi` option one value; oslo.config would read each of its characters as one.
 */
export const written = (layers: Layers, at: Place, option: Option): Written | undefined => {
  const override = layers.overrides?.[at.section]?.[at.name];
  if (override !== undefined) return { texts: [override], where: 'command line' };
  const variable = environmentName(at);
  const value = layers.environment?.[variable];
  if (value !== undefined) return { texts: [value], where: `environment ${variable}` };
  return inFiles(layers.files ?? [], at, option);
};
