import { ConfigError, mapGathering } from './config-error.ts';
import { written, type Layers, type Place, type Written } from './layers.ts';
import type { Declarations, Option, Values } from './option.ts';
import { asText, substitute } from './substitution.ts';
import { InvalidValue, readValue } from './value.ts';

/**
 * An option nobody declared: another program's, or one of a library that only Python loads. It can be referred to, and
 * may well be a secret.
 */
const UNDECLARED: Option<string | null> = { kind: 'str', default: null, secret: true };

interface Resolver {
  readonly declarations: Declarations;
  readonly layers: Layers;
  readonly values: Map<string, unknown>;
}

const shown = ({ section, name }: Place): string => `[${section}] ${name}`;

/** `$name` is looked for in the section it stands in, then in DEFAULT; DEFAULT has no `$DEFAULT.name` (cfg.py). */
const candidates = (reference: string, section: string): Place[] => {
  const dot = reference.indexOf('.');
  if (dot < 0)
    return [
      { section, name: reference },
      { section: 'DEFAULT', name: reference },
    ];
  const group = reference.slice(0, dot);
  return group === 'DEFAULT' ? [] : [{ section: group, name: reference.slice(dot + 1) }];
};

const declared = ({ declarations }: Resolver, { section, name }: Place): Option | undefined => {
  const options = Object.hasOwn(declarations, section) ? declarations[section] : undefined;
  return options && Object.hasOwn(options, name) ? options[name] : undefined;
};

const referred = (resolver: Resolver, reference: string, from: Place, trail: readonly string[]): string => {
  const places = candidates(reference, from.section);
  const target =
    places.find((at) => declared(resolver, at)) ?? places.find((at) => written(resolver.layers, at, UNDECLARED));
  if (!target) throw new InvalidValue('refers with $ to an option that does not exist (a plain dollar sign is $$)');
  return asText(valueOf(resolver, target, trail), declared(resolver, target)?.kind ?? 'str');
};

const read = (resolver: Resolver, at: Place, trail: readonly string[]): unknown => {
  const option = declared(resolver, at) ?? UNDECLARED;
  const found = written(resolver.layers, at, option);
  if (!found) return structuredClone(option.default);
  try {
    const values = found.texts.map((text) =>
      readValue(
        substitute(text, (reference) => referred(resolver, reference, at, trail)),
        option,
      ),
    );
    return option.kind === 'multi' ? values : values[0];
  } catch (error) {
    throw error instanceof InvalidValue ? new ConfigError([problem(error, at, option, found)]) : error;
  }
};

const problem = ({ message }: InvalidValue, at: Place, option: Option, { texts, where }: Written): string => {
  // The text as written: what a reference in it stands for may be a secret.
  const text = option.secret ? '' : `, not ${JSON.stringify(texts.at(-1))}`;
  return `${where}: ${shown(at)} ${message}${text}`;
};

const valueOf = (resolver: Resolver, at: Place, trail: readonly string[] = []): unknown => {
  const key = shown(at);
  if (trail.includes(key)) throw new InvalidValue('refers with $ to itself');
  if (!resolver.values.has(key)) resolver.values.set(key, read(resolver, at, [...trail, key]));
  return resolver.values.get(key);
};

/**
 * Every declared option's value, as oslo.config's ConfigOpts would give it (cfg.py, _do_get).
 *
 * @throws ConfigError naming every option whose text is not a value of its kind.
 */
export const resolve = <D extends Declarations>(declarations: D, layers: Layers): Values<D> => {
  const resolver: Resolver = { declarations, layers, values: new Map() };
  const places = Object.entries(declarations).flatMap(([section, options]) =>
    Object.keys(options).map((name) => ({ section, name })),
  );
  mapGathering(places, (at) => valueOf(resolver, at));
  const values = Object.entries(declarations).map(([section, options]) => [
    section,
    Object.fromEntries(Object.keys(options).map((name) => [name, valueOf(resolver, { section, name })])),
  ]);
  // Object.fromEntries forgets the names; each value was read by the declaration its type comes from.
  return Object.fromEntries(values) as Values<D>;
};
