import type { Introspection } from '@keystone/api';
import type { TokenDeps } from './deps.ts';
import { isFederated } from './known.ts';
import { catalogOf, scopeOf } from './scope.ts';
import { forbidden, TokenNotFound } from './token-error.ts';
import { validate, type Validated } from './validate.ts';

/** Python holds access rules against its own requests only where the catalog has an identity service. */
async function identityListed({ payload }: Validated, deps: TokenDeps): Promise<boolean> {
  const catalog = await catalogOf(payload.userId, scopeOf(payload), true, deps);
  return catalog?.some(({ type }) => type === 'identity') ?? false;
}

/**
 * Who asks with this token; null for one that is no good. Answers `token.introspect`.
 *
 * @throws 404 and 403 where Python's middleware refuses the request itself
 */
export async function introspection(text: string, deps: TokenDeps): Promise<Introspection | null> {
  try {
    const validated = await validate(text, { catalog: false, accessRules: true }, deps);
    const { payload, body, restricted } = validated;
    if (payload.methods.includes('ec2credential')) {
      return forbidden('EC2 credential tokens cannot be used for authorization.');
    }
    return {
      token: body,
      group_ids: isFederated(payload) ? payload.groupIds : [],
      ...(restricted && { identity_in_catalog: await identityListed(validated, deps) }),
    };
  } catch (error) {
    if (error instanceof TokenNotFound) return null;
    throw error;
  }
}
