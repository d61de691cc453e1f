import { question } from '@keystone/bus';
import Type from 'typebox';

/**
 * Who asks with this token? Asked only at the edge, before an operation begins, never in answering another question.
 * Null for a token that is no good. Errors: 404 and 403 where Python's middleware refuses the request itself.
 */
export const introspect = question(
  'token.introspect',
  Type.Object({ token: Type.String() }),
  Type.Union([
    Type.Null(),
    Type.Object({ token: Type.Record(Type.String(), Type.Unknown()), group_ids: Type.Array(Type.String()) }),
  ]),
  { secret: true },
);
