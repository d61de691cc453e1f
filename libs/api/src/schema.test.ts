import fc from 'fast-check';
import Type, { type TSchema } from 'typebox';
import { expect, test } from 'vitest';
import { str } from './repr.ts';
import { checker } from './schema.ts';
import { closed, member, nullable, open } from './vocabulary.ts';

function refusal(schema: TSchema, value: unknown): string | undefined {
  try {
    checker(schema)(value);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ name: 'KeystoneError', status: 400 });
    return (error as Error).message;
  }
}

const json = (schema: object) => Type.Unsafe(schema) as TSchema;
const held = (schema: object | TSchema) => json({ type: 'object', properties: { it: schema } });
const at = (name: string, shown: string, message: string) =>
  `Invalid input for field/attribute ${name}. Value: ${shown}. ${message}`;

// Each text was compared with what Python Keystone says (jsonschema/_keywords.py, api/validation/validators.py).
test.each<[object, unknown, string]>([
  [{ type: 'string' }, 5, "5 is not of type 'string'"],
  [{ type: ['string', 'null'] }, true, "True is not of type 'string', 'null'"],
  [{ type: 'integer' }, 1.5, "1.5 is not of type 'integer'"],
  [{ type: 'boolean' }, null, "None is not of type 'boolean'"],
  [{ type: 'object' }, ['a', { b: null }], "['a', {'b': None}] is not of type 'object'"],
  [{ type: 'array' }, {}, "{} is not of type 'array'"],
  [{ enum: [true, 'yes', null] }, 'no', "'no' is not one of [True, 'yes', None]"],
  [{ const: 1 }, 2, '1 was expected'],
  [{ minLength: 1 }, '', "'' should be non-empty"],
  [{ minLength: 2 }, 'a', "'a' is too short"],
  [{ maxLength: 0 }, 'a', "'a' is expected to be empty"],
  [{ maxLength: 1 }, '😀é', "'😀é' is too long"],
  [{ minItems: 1 }, [], '[] should be non-empty'],
  [{ maxItems: 1 }, [1, 2], '[1, 2] is too long'],
  [
    { uniqueItems: true },
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    "[{'a': 1, 'b': 2}, {'b': 2, 'a': 1}] has non-unique elements",
  ],
  [{ minProperties: 1 }, {}, '{} should be non-empty'],
  [{ minProperties: 2 }, { a: 1 }, "{'a': 1} does not have enough properties"],
  [{ maxProperties: 1 }, { a: 1, b: 2 }, "{'a': 1, 'b': 2} has too many properties"],
  [{ minimum: 0 }, -1, '-1 is less than the minimum of 0'],
  [{ maximum: 5 }, 6, '6 is greater than the maximum of 5'],
  [{ pattern: '[\\S]+' }, ' ', "' ' does not match '[\\\\S]+'"],
  [{ format: 'uuid' }, 'x', "'x' is not a 'uuid'"],
  [{ format: 'date-time' }, 'x', "'x' is not a 'date-time'"],
  [{ anyOf: [{ type: 'null' }, { minLength: 3 }] }, 'x', "'x' is not valid under any of the given schemas"],
  [{ oneOf: [{ type: 'null' }, { minLength: 3 }] }, 'x', "'x' is not valid under any of the given schemas"],
  [
    { oneOf: [{ minLength: 1 }, { type: 'string' }] },
    'x',
    "'x' is valid under each of {'type': 'string'}, {'minLength': 1}",
  ],
  [{ not: { type: 'string' } }, 'x', "'x' should not be valid under {'type': 'string'}"],
  [{ required: ['a', 'b'] }, { a: 1 }, "'b' is a required property"],
  [{ dependentRequired: { a: ['b'] } }, { a: 1 }, "'b' is a dependency of 'a'"],
  [{ additionalProperties: false }, { b: 1, a: 2 }, "Additional properties are not allowed ('a', 'b' were unexpected)"],
  [
    { patternProperties: { '^x': {} }, additionalProperties: false },
    { x1: 1, a: 2 },
    "'a' does not match any of the regexes: '^x'",
  ],
])('%j against %j says so as Python does', (schema, value, message) => {
  expect(refusal(held(schema), { it: value })).toBe(at('it', str(value), message));
  expect(refusal(json(schema), value)).toBe(message);
});

test('the last part of the path is named, an index too', () => {
  const schema = json({ properties: { all: { type: 'array', items: { properties: { a: { type: 'string' } } } } } });
  expect(refusal(schema, { all: [{}, { a: 1 }] })).toBe(at('a', '1', "1 is not of type 'string'"));
  expect(refusal(json({ properties: { all: { items: { type: 'string' } } } }), { all: ['x', 2] })).toBe(
    at('1', '2', "2 is not of type 'string'"),
  );
});

test('values are shown as Python shows them', () => {
  const shown = (value: unknown) => refusal(json({ type: 'null' }), value)?.replace(" is not of type 'null'", '');
  expect(shown("it's")).toBe('"it\'s"');
  expect(shown('a"b\'c')).toBe("'a\"b\\'c'");
  expect(shown('\n\t\\\u0000é')).toBe("'\\n\\t\\\\\\x00é'");
  expect(shown({ a: [true, null, { b: 1 }] })).toBe("{'a': [True, None, {'b': 1}]}");
});

test('the first thing wrong is told in the order of the schema, not of the request', () => {
  const fields = { enabled: Type.Optional(Type.Boolean()), type: Type.String({ minLength: 1 }) };
  const schema = member('service', Type.Object(fields, { ...closed, minProperties: 1 }));
  expect(refusal(schema, {})).toBe("'service' is a required property");
  expect(refusal(schema, { service: {} })).toBe(at('service', '{}', "'type' is a required property"));
  expect(refusal(schema, { service: { type: '', enabled: 1 } })).toBe(at('enabled', '1', "1 is not of type 'boolean'"));
  expect(refusal(schema, { more: 1, service: { type: '' } })).toBe(at('type', '', "'' should be non-empty"));
  expect(refusal(schema, { more: 1, service: { x: 1 } })).toBe(
    at('service', "{'x': 1}", "'type' is a required property"),
  );
  expect(refusal(schema, { more: 1, service: { type: 'x' } })).toBe(
    "Additional properties are not allowed ('more' was unexpected)",
  );
});

test('an item that comes before another is told before it', () => {
  const items = { properties: { a: { type: 'string' }, b: { type: 'string' } } };
  expect(refusal(json({ properties: { all: { items } } }), { all: [{ b: 1 }, { a: 1 }] })).toContain('attribute b.');
});

test('a branch is checked where its condition holds', () => {
  const schema = json({ if: { required: ['a'] }, then: { required: ['b'] }, else: { required: ['c'] } });
  expect(refusal(schema, { a: 1 })).toBe("'b' is a required property");
  expect(refusal(schema, {})).toBe("'c' is a required property");
  expect(refusal(schema, { c: 1 })).toBeUndefined();
});

test('a secret that is refused is not repeated', () => {
  const user = Type.Object({ name: Type.String(), password: Type.String({ maxLength: 4 }) }, open);
  expect(refusal(member('user', user), { user: { name: 'n', password: 'planted' } })).toBe(
    at('password', '***', '*** is too long'),
  );
  expect(refusal(member('user', user), { user: { password: 'plan' } })).toBe(
    at('user', '***', "'name' is a required property"),
  );
  expect(refusal(json({ oneOf: [{ type: 'null' }] }), { password: 'planted' })).not.toContain('planted');
  expect(refusal(held({ type: 'object' }), { it: [{ original_password: 'planted' }] })).not.toContain('planted');
  const empty = held({ properties: { password: { minLength: 1 } } });
  expect(refusal(empty, { it: { password: '' } })).toBe(at('password', '', '*** should be non-empty'));
});

test('members that are called like things every object has are none of the schema', () => {
  const schema = Type.Object({ constructor: Type.String() }, closed);
  expect(refusal(schema, {})).toBe("'constructor' is a required property");
  expect(refusal(schema, JSON.parse('{"constructor": "x", "__proto__": 1}'))).toBe(
    "Additional properties are not allowed ('__proto__' was unexpected)",
  );
});

test('whatever is refused has its reason', () => {
  const schema = Type.Object(
    {
      a: nullable(Type.String({ minLength: 1, maxLength: 3 })),
      b: Type.Array(Type.Union([Type.Integer({ minimum: 0 }), Type.Boolean()]), { uniqueItems: true, minItems: 1 }),
      c: Type.Optional(Type.Record(Type.String(), Type.Number())),
    },
    closed,
  );
  const value = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.jsonValue({ maxDepth: 2 }));
  fc.assert(
    fc.property(value, (sent) => {
      expect(refusal(schema, sent)).not.toBe('The request does not fit its schema.');
    }),
  );
});
