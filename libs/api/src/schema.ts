import { badRequest } from '@keystone/errors';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { repr, str } from './repr.ts';

const UUID =
  /^(?:urn:)?(?:uuid:)?\{?[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}\}?$/;
const ISO_TIME = /^\d{4}-?\d\d-?\d\d(?:[T ]\d\d:?\d\d(?::?\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/;

const formats = { uuid: UUID, 'date-time': ISO_TIME, uri: true } as const;
const options = { strict: false, formats, unicodeRegExp: true } as const;
/** Answers fast whether a value fits. */
const quick = new Ajv2020(options);
/** Finds every error, so that the one Python would name first can be named. */
const thorough = new Ajv2020({ ...options, allErrors: true, verbose: true });

type Check = (value: unknown) => void;

/** The words of Python's jsonschema for a failed keyword (jsonschema/_keywords.py). */
function words({ keyword, params, data, schema }: ErrorObject): string {
  const limit = (params as { limit?: number }).limit;
  switch (keyword) {
    case 'type':
      return `${repr(data)} is not of type ${[schema].flat().map(repr).join(', ')}`;
    case 'required':
      return `${repr(params.missingProperty)} is a required property`;
    case 'enum':
      return `${repr(data)} is not one of ${repr(schema)}`;
    case 'const':
      return `${repr(schema)} was expected`;
    case 'minLength':
    case 'minItems':
      return `${repr(data)} ${limit === 1 ? 'should be non-empty' : 'is too short'}`;
    case 'maxLength':
    case 'maxItems':
      return `${repr(data)} ${limit === 0 ? 'is expected to be empty' : 'is too long'}`;
    case 'minProperties':
      return `${repr(data)} ${limit === 1 ? 'should be non-empty' : 'does not have enough properties'}`;
    case 'maxProperties':
      return `${repr(data)} ${limit === 0 ? 'is expected to be empty' : 'has too many properties'}`;
    case 'minimum':
      return `${repr(data)} is less than the minimum of ${limit}`;
    case 'maximum':
      return `${repr(data)} is greater than the maximum of ${limit}`;
    case 'pattern':
      return `${repr(data)} does not match ${repr(schema)}`;
    case 'format':
      return `${repr(data)} is not a ${repr(schema)}`;
    case 'uniqueItems':
      return `${repr(data)} has non-unique elements`;
    case 'not':
      return `${repr(data)} should not be valid under ${repr(schema)}`;
    default:
      return `${repr(data)} is not valid under any of the given schemas`;
  }
}

/** All properties too many at one place are one error in Python, sorted by name. */
function tooMany(errors: readonly ErrorObject[], first: ErrorObject): string {
  const names = errors
    .filter(({ keyword, instancePath }) => keyword === 'additionalProperties' && instancePath === first.instancePath)
    .map(({ params }) => repr(params.additionalProperty))
    .sort();
  return `Additional properties are not allowed (${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} unexpected)`;
}

// Python reports the first error in the order its schemas are written: type first, members before what is missing.
const RANK = [
  'type',
  'enum',
  'const',
  'properties',
  'items',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'required',
];
const rank = (keyword: string) => (RANK.indexOf(keyword) + RANK.length + 1) % (RANK.length + 1);

/** Where in the schema an error stands, comparable place by place. */
function place(schema: unknown, { schemaPath, instancePath }: ErrorObject): number[] {
  let here: unknown = schema;
  const items = instancePath
    .split('/')
    .filter((part) => /^\d+$/.test(part))
    .map(Number);
  const path = schemaPath
    .split('/')
    .slice(1)
    .flatMap((part) => {
      const key = decodeURIComponent(part.replaceAll('~1', '/').replaceAll('~0', '~'));
      const at = typeof here === 'object' && here !== null ? Object.keys(here).indexOf(key) : 0;
      here = (here as Record<string, unknown> | undefined)?.[key];
      return [rank(key), at];
    });
  return [...path, ...items];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}

function firstError(schema: TSchema, errors: readonly ErrorObject[]): ErrorObject | undefined {
  // A failed branch of anyOf/oneOf is not an error of its own in Python; the keyword around it is.
  const own = errors.filter(({ schemaPath }) => !/\/(anyOf|oneOf|not)\/./.test(schemaPath));
  return own.map((error) => ({ error, at: place(schema, error) })).sort((a, b) => compare(a.at, b.at))[0]?.error;
}

/** @throws 400 in the words of keystone/api/validation/validators.py */
function explain(schema: TSchema, validate: ValidateFunction, value: unknown): never {
  validate(value);
  const errors = validate.errors ?? [];
  const first = firstError(schema, errors);
  if (!first) return badRequest('The request does not fit its schema.');
  const message = first.keyword === 'additionalProperties' ? tooMany(errors, first) : words(first);
  const path = first.instancePath.split('/').at(-1)?.replaceAll('~1', '/').replaceAll('~0', '~');
  if (!path) return badRequest(message);
  return badRequest(
    `Invalid input for field/attribute ${path}. Value: ${masked(path, first.data)}. ${masked(path, first.data, message)}`,
  );
}

const SECRET = /password|secret|blob|passcode/i;

/** Python repeats the value it refuses; ours does not where it is, or holds, a secret. */
function masked(path: string, value: unknown, message = str(value)): string {
  const secret = SECRET.test(path) || (typeof value === 'object' && SECRET.test(JSON.stringify(value) ?? ''));
  return secret ? message.replaceAll(repr(value), '***').replaceAll(str(value), '***') : message;
}

/** A checker that throws Keystone's 400; compiled when it is first used, so that start-up does not pay for all. */
export function checker(schema: TSchema | undefined): Check {
  if (!schema) return () => undefined;
  let fits: ValidateFunction | undefined;
  let reasons: ValidateFunction | undefined;
  return (value) => {
    fits ??= quick.compile(schema);
    if (fits(value)) return;
    reasons ??= thorough.compile(schema);
    explain(schema, reasons, value);
  };
}
