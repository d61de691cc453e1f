import { badRequest } from '@keystone/errors';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { repr, str } from './repr.ts';
import { ISO_TIME, misfits, UUID } from './schema-error.ts';

const formats = { uuid: UUID, 'date-time': ISO_TIME, uri: true } as const;
/** Answers fast whether a value fits. */
const quick = new Ajv2020({ strict: false, formats, unicodeRegExp: true });

type Check = (value: unknown) => void;

/** @throws 400 in the words of keystone/api/validation/validators.py, which reports the first thing wrong */
function explain(schema: TSchema, value: unknown): never {
  const [first] = misfits(schema as Record<string, unknown>, value);
  if (!first) return badRequest('The request does not fit its schema.');
  const at = first.path.at(-1);
  const shown = (text: string) => masked(String(at), first.value, text);
  if (at === undefined) return badRequest(shown(first.message));
  return badRequest(
    `Invalid input for field/attribute ${at}. Value: ${shown(str(first.value))}. ${shown(first.message)}`,
  );
}

const SECRET = /password|secret|blob|passcode/i;

/** Python repeats the value it refuses; ours does not where it is, or holds, a secret. */
function masked(path: string, value: unknown, message: string): string {
  const secret = SECRET.test(path) || (typeof value === 'object' && SECRET.test(JSON.stringify(value) ?? ''));
  if (!secret) return message;
  return [repr(value), str(value)].reduce((text, told) => (told ? text.replaceAll(told, '***') : text), message);
}

/** A checker that throws Keystone's 400; compiled when it is first used, so that start-up does not pay for all. */
export function checker(schema: TSchema | undefined): Check {
  if (!schema) return () => undefined;
  let fits: ValidateFunction | undefined;
  return (value) => {
    fits ??= quick.compile(schema);
    if (fits(value)) return;
    explain(schema, value);
  };
}
