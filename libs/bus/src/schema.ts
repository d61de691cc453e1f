import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';

const ajv = new Ajv2020({ strict: false });
const compiled = new WeakMap<TSchema, ValidateFunction>();

/** Where a message differs from its schema, undefined where it does not. Names places, never values. */
export function mismatch(schema: TSchema, message: unknown): string | undefined {
  let validate = compiled.get(schema);
  if (!validate) compiled.set(schema, (validate = ajv.compile(schema)));
  if (validate(message)) return undefined;
  const [error] = validate.errors ?? [];
  return `${error?.instancePath || 'the message'} ${error?.message ?? 'does not fit'}`;
}
