import type { Request } from '@keystone/api';
import { nullable, Type } from '@keystone/api';

/** Present and not `0` (ResourceBase.query_filter_is_true). */
export const isAsked = ({ queryAll }: Pick<Request, 'queryAll'>, name: string): boolean => {
  const sent = queryAll.find(([key]) => key === name);
  return sent !== undefined && sent[1] !== '0';
};

/** The first value of a parameter; nothing where it is empty. */
export const parameter = ({ queryAll }: Pick<Request, 'queryAll'>, name: string): string | undefined =>
  queryAll.find(([key]) => key === name)?.[1] || undefined;

/** What Python takes for a flag in a query (api/validation/parameter_types.py). */
export const Flag = Type.Unsafe<string>({
  type: ['boolean', 'string', 'null'],
  enum: [
    true,
    'True',
    'TRUE',
    'true',
    false,
    'False',
    'FALSE',
    'false',
    '',
    '1',
    '0',
    'y',
    'Y',
    'n',
    'N',
    'on',
    'ON',
    'off',
    'OFF',
    'yes',
    'no',
  ],
});

export const AnyId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9-]+$' });
export const Name64 = Type.String({ minLength: 1, maxLength: 64, pattern: '[\\S]+' });
export const Name255 = Type.String({ minLength: 1, maxLength: 255, pattern: '[\\S]+' });
export const Limit = Type.Unsafe<string>({ type: ['integer', 'string'] });

/** What may be set on projects, domains and roles. */
export const Options = Type.Object(
  { immutable: Type.Optional(nullable(Type.Boolean())) },
  { additionalProperties: false },
);
export const Text = nullable(Type.String());
