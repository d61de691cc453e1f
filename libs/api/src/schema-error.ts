import { isDeepStrictEqual } from 'node:util';
import { repr } from './repr.ts';

/** A place in a document where it does not fit its schema. */
export interface Misfit {
  path: readonly (string | number)[];
  value: unknown;
  message: string;
}

type Schema = Record<string, unknown>;
type Path = Misfit['path'];
/** Checks a value by one keyword; yields where and why it does not fit. */
type Keyword = (held: never, value: unknown, path: Path, schema: Schema) => Iterable<Misfit>;

const isMapping = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Record<string, (value: unknown) => boolean> = {
  object: isMapping,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
};

export const UUID =
  /^(?:urn:)?(?:uuid:)?\{?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\}?$/;
export const ISO_TIME = /^\d{4}-?\d\d-?\d\d(?:[T ]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/;
const FORMATS: Record<string, RegExp> = { uuid: UUID, 'date-time': ISO_TIME };

/** A keyword that finds one thing wrong with the value itself. */
const assertion = <H>(problem: (held: H, value: unknown, schema: Schema) => string | false): Keyword =>
  function* (held, value, path, schema) {
    const message = problem(held as H, value, schema);
    if (message !== false) yield { path, value, message };
  };

const characters = (value: unknown) => (typeof value === 'string' ? Array.from(value).length : undefined);
const elements = (value: unknown) => (Array.isArray(value) ? value.length : undefined);
const members = (value: unknown) => (isMapping(value) ? Object.keys(value).length : undefined);

type Size = (value: unknown) => number | undefined;
const atLeast = (size: Size, words: string) =>
  assertion<number>((least, value) => {
    const found = size(value);
    return found !== undefined && found < least && `${repr(value)} ${least === 1 ? 'should be non-empty' : words}`;
  });
const atMost = (size: Size, words: string) =>
  assertion<number>((most, value) => {
    const found = size(value);
    return found !== undefined && found > most && `${repr(value)} ${most === 0 ? 'is expected to be empty' : words}`;
  });

/** The same text for equal values, whatever the order of their members. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, held: unknown) =>
    isMapping(held) ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1))) : held,
  );

const listed = (names: readonly unknown[]) => names.map(repr).join(', ');

function* additional(held: unknown, value: unknown, path: Path, schema: Schema): Iterable<Misfit> {
  if (!isMapping(value)) return;
  const patterns = Object.keys((schema['patternProperties'] as Schema | undefined) ?? {});
  const known = (schema['properties'] as Schema | undefined) ?? {};
  const extras = Object.keys(value)
    .filter((name) => !Object.hasOwn(known, name) && !patterns.some((pattern) => new RegExp(pattern, 'u').test(name)))
    .sort();
  const many = extras.length > 1;
  if (isMapping(held)) for (const name of extras) yield* misfits(held, value[name], [...path, name]);
  if (held !== false || extras.length === 0) return;
  const message =
    patterns.length > 0
      ? `${listed(extras)} ${many ? 'do' : 'does'} not match any of the regexes: ${listed(patterns.sort())}`
      : `Additional properties are not allowed (${listed(extras)} ${many ? 'were' : 'was'} unexpected)`;
  yield { path, value, message };
}

const fits = (schema: Schema, value: unknown): boolean => misfits(schema, value).next().done === true;

/** The keywords and their words, as in Python's jsonschema (_keywords.py). */
const KEYWORDS: Record<string, Keyword> = {
  type: assertion<string | string[]>((types, value) => {
    const wanted = [types].flat();
    return !wanted.some((type) => TYPES[type]?.(value)) && `${repr(value)} is not of type ${listed(wanted)}`;
  }),
  enum: assertion<unknown[]>(
    (all, value) => !all.some((one) => isDeepStrictEqual(one, value)) && `${repr(value)} is not one of ${repr(all)}`,
  ),
  const: assertion((held, value) => !isDeepStrictEqual(held, value) && `${repr(held)} was expected`),
  minLength: atLeast(characters, 'is too short'),
  maxLength: atMost(characters, 'is too long'),
  minItems: atLeast(elements, 'is too short'),
  maxItems: atMost(elements, 'is too long'),
  minProperties: atLeast(members, 'does not have enough properties'),
  maxProperties: atMost(members, 'has too many properties'),
  minimum: assertion<number>(
    (least, value) =>
      typeof value === 'number' && value < least && `${repr(value)} is less than the minimum of ${least}`,
  ),
  maximum: assertion<number>(
    (most, value) =>
      typeof value === 'number' && value > most && `${repr(value)} is greater than the maximum of ${most}`,
  ),
  pattern: assertion<string>(
    (pattern, value) =>
      typeof value === 'string' &&
      !new RegExp(pattern, 'u').test(value) &&
      `${repr(value)} does not match ${repr(pattern)}`,
  ),
  format: assertion<string>(
    (name, value) =>
      typeof value === 'string' && FORMATS[name]?.test(value) === false && `${repr(value)} is not a ${repr(name)}`,
  ),
  uniqueItems: assertion<boolean>(
    (unique, value) =>
      unique &&
      Array.isArray(value) &&
      new Set(value.map(canonical)).size < value.length &&
      `${repr(value)} has non-unique elements`,
  ),
  not: assertion<Schema>(
    (schema, value) => fits(schema, value) && `${repr(value)} should not be valid under ${repr(schema)}`,
  ),
  anyOf: assertion<Schema[]>(
    (all, value) =>
      !all.some((schema) => fits(schema, value)) && `${repr(value)} is not valid under any of the given schemas`,
  ),
  oneOf: assertion<Schema[]>((all, value) => {
    const [first, ...more] = all.filter((schema) => fits(schema, value));
    if (!first) return `${repr(value)} is not valid under any of the given schemas`;
    return more.length > 0 && `${repr(value)} is valid under each of ${listed([...more, first])}`;
  }),
  *required(names: readonly string[], value, path) {
    if (!isMapping(value)) return;
    for (const name of names) {
      if (!Object.hasOwn(value, name)) yield { path, value, message: `${repr(name)} is a required property` };
    }
  },
  *dependentRequired(of: Record<string, string[]>, value, path) {
    if (!isMapping(value)) return;
    for (const [name, needed] of Object.entries(of)) {
      const missing = Object.hasOwn(value, name) ? needed.filter((one) => !Object.hasOwn(value, one)) : [];
      for (const one of missing) {
        yield { path, value, message: `${repr(one)} is a dependency of ${repr(name)}` };
      }
    }
  },
  *properties(of: Record<string, Schema>, value, path) {
    if (!isMapping(value)) return;
    for (const [name, schema] of Object.entries(of)) {
      if (Object.hasOwn(value, name)) yield* misfits(schema, value[name], [...path, name]);
    }
  },
  *patternProperties(of: Record<string, Schema>, value, path) {
    if (!isMapping(value)) return;
    for (const [pattern, schema] of Object.entries(of)) {
      const names = Object.keys(value).filter((name) => new RegExp(pattern, 'u').test(name));
      for (const name of names) yield* misfits(schema, value[name], [...path, name]);
    }
  },
  additionalProperties: additional,
  *items(schema: Schema, value, path) {
    if (Array.isArray(value)) for (const [at, one] of value.entries()) yield* misfits(schema, one, [...path, at]);
  },
  *allOf(all: Schema[], value, path) {
    for (const schema of all) yield* misfits(schema, value, path);
  },
  *if(schema: Schema, value, path, { then, else: otherwise }) {
    const next = fits(schema, value) ? then : otherwise;
    if (isMapping(next)) yield* misfits(next, value, path);
  },
};

/** Keywords in the order they were written; typebox writes `required` before the `properties` that it goes after. */
function keywordsOf(schema: Schema): string[] {
  const names = Object.keys(schema);
  if (!('~kind' in schema) || !names.includes('properties')) return names;
  return names.flatMap((name) => {
    if (name === 'required') return [];
    return name === 'properties' && names.includes('required') ? [name, 'required'] : [name];
  });
}

/** All that is wrong, in the order in which Python's jsonschema finds it: as the schema is written. */
export function* misfits(schema: Schema, value: unknown, path: Path = []): Generator<Misfit> {
  for (const name of keywordsOf(schema)) {
    if (Object.hasOwn(KEYWORDS, name)) yield* KEYWORDS[name]?.(schema[name] as never, value, path, schema) ?? [];
  }
}
