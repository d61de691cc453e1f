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

type Or<D, T> = T | Extract<D, null>;

export const str = <D extends string | null>(fallback: D, settings: Settings = {}): Option<Or<D, string>> => ({
  kind: 'str',
  default: fallback,
  ...settings,
});

export const choice = <const C extends string, D extends C | null>(
  fallback: D,
  choices: readonly C[],
  settings: Settings = {},
): Option<Or<D, C>> => ({ kind: 'str', default: fallback, choices, ...settings });

export const uri = <D extends string | null>(fallback: D, settings: Settings = {}): Option<Or<D, string>> => ({
  kind: 'uri',
  default: fallback,
  ...settings,
});

export const bool = <D extends boolean | null>(fallback: D, settings: Settings = {}): Option<Or<D, boolean>> => ({
  kind: 'bool',
  default: fallback,
  ...settings,
});

export const int = <D extends number | null>(fallback: D, settings: Limits = {}): Option<Or<D, number>> => ({
  kind: 'int',
  default: fallback,
  ...settings,
});

export const port = <D extends number | null>(fallback: D, settings: Settings = {}): Option<Or<D, number>> =>
  int(fallback, { min: 0, max: 65_535, ...settings });

export const float = <D extends number | null>(fallback: D, settings: Limits = {}): Option<Or<D, number>> => ({
  kind: 'float',
  default: fallback,
  ...settings,
});

export const list = <D extends string[] | null>(fallback: D, settings: Settings = {}): Option<Or<D, string[]>> => ({
  kind: 'list',
  default: fallback,
  ...settings,
});

export const listOf = <const C extends string>(fallback: C[], choices: readonly C[]): Option<C[]> => ({
  kind: 'list',
  default: fallback,
  choices,
});

type Texts = Record<string, string>;

export const dict = <D extends Texts | null>(fallback: D, settings: Settings = {}): Option<Or<D, Texts>> => ({
  kind: 'dict',
  default: fallback,
  ...settings,
});

type Lists = Record<string, string[]>;

export const lists = <D extends Lists | null>(fallback: D, settings: Settings = {}): Option<Or<D, Lists>> => ({
  kind: 'lists',
  default: fallback,
  ...settings,
});

export const multi = (fallback: string[], settings: Settings = {}): Option<string[]> => ({
  kind: 'multi',
  default: fallback,
  ...settings,
});

export type Section = Readonly<Record<string, Option>>;
export type Declarations = Readonly<Record<string, Section>>;

/** The configuration that declarations describe: `{ [section]: { [option]: value } }`. */
export type Values<D extends Declarations> = {
  [S in keyof D]: { [O in keyof D[S]]: D[S][O] extends Option<infer T> ? T : never };
};
