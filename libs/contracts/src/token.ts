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
    Type.Object({
      token: Type.Record(Type.String(), Type.Unknown()),
      /** Of a federated token. */
      group_ids: Type.Array(Type.String()),
      /** Of a token with access rules: whether its catalog has an identity service, without which none of them counts. */
      identity_in_catalog: Type.Optional(Type.Boolean()),
    }),
  ]),
  { secret: true },
);
