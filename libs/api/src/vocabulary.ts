import Type, { type TObjectOptions, type TSchema } from 'typebox';

/** The shapes that Keystone's documents are made of (keystone/api/validation/parameter_types.py, response_types.py). */
export { Type };
export type { Static, TSchema } from 'typebox';

export const open = { additionalProperties: true } as const;
export const closed = { additionalProperties: false } as const;

/** Null or the given; written as Python writes it, a list of types, so that its messages come out the same. */
export const nullable = <S extends TSchema>(schema: S) => {
  const { type } = schema as { type?: string };
  return Type.Unsafe<Type.Static<S> | null>({ ...schema, type: [type, 'null'] });
};

/** `{ region: {…} }` */
export const member = <K extends string, S extends TSchema>(key: K, schema: S, options: TObjectOptions = closed) =>
  Type.Object({ [key]: schema } as Record<K, S>, options);

export const Id = Type.String();
export const Links = Type.Object(
  { self: Type.String(), next: nullable(Type.String()), previous: nullable(Type.String()) },
  closed,
);
export const SelfLink = Type.Object({ self: Type.String() }, open);

/** `{ regions: [{…}], links: {…}[, truncated: true] }` */
export const listOf = <K extends string, S extends TSchema>(key: K, schema: S) =>
  Type.Object(
    { [key]: Type.Array(schema), links: Links, truncated: Type.Optional(Type.Boolean()) } as unknown as Record<
      K,
      TSchema
    >,
    closed,
  );
