/** Another place an option may be written: `section` and `name` default to the option's own. */
export interface OldName {
  readonly section?: string;
  readonly name?: string;
}

interface Settings {
  /** Its value never reaches an error or a log. */
  readonly secret?: boolean;
  readonly deprecated?: readonly OldName[];
}

interface Limits extends Settings {
  readonly min?: number;
  readonly max?: number;
}

/**
 * How an option's text is read (oslo_config/types.py). `multi` collects every assignment of all files; `lists` is a
 * dictionary of bracketed lists (`{a:[b,c]}` without the braces).
 */
export type Kind = 'str' | 'bool' | 'int' | 'float' | 'uri' | 'list' | 'dict' | 'lists' | 'multi';

/** One declared option. `T` is the type of its value in the configuration. */
export interface Option<T = unknown> extends Limits {
  readonly kind: Kind;
  readonly default: T;
  readonly choices?: readonly string[];
}

// A default of null says that the option may have no value; any other, that it always has one.
const ofKind =
  <T, S extends Settings = Settings>(kind: Kind) =>
  <D extends T | null>(fallback: D, settings?: S): Option<T | Extract<D, null>> => ({
    kind,
    default: fallback as T | Extract<D, null>,
    ...settings,
  });

export const str = ofKind<string>('str');
export const uri = ofKind<string>('uri');
export const bool = ofKind<boolean>('bool');
export const int = ofKind<number, Limits>('int');
export const float = ofKind<number, Limits>('float');
export const list = ofKind<string[]>('list');
export const dict = ofKind<Record<string, string>>('dict');
export const lists = ofKind<Record<string, string[]>>('lists');
export const multi = ofKind<string[]>('multi');

export const port = <D extends number | null>(fallback: D) => int(fallback, { min: 0, max: 65_535 });

/** One of a few words. */
export const choice = <const C extends string, D extends NoInfer<C> | null>(
  fallback: D,
  choices: readonly C[],
  settings: Settings = {},
): Option<C | Extract<D, null>> => ({
  ...settings,
  ...ofKind<C>('str')(fallback),
  choices,
});

/** A list of words out of a few. */
export const listOf = <const C extends string>(fallback: NoInfer<C>[], choices: readonly C[]): Option<C[]> => ({
  ...ofKind<C[]>('list')(fallback),
  choices,
});

export type Section = Readonly<Record<string, Option>>;
export type Declarations = Readonly<Record<string, Section>>;

/** The configuration that declarations describe: `{ [section]: { [option]: value } }`. */
export type Values<D extends Declarations> = {
  [S in keyof D]: { [O in keyof D[S]]: D[S][O] extends Option<infer T> ? T : never };
};
