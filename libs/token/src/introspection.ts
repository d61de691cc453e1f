import type { Introspection } from '@keystone/api';
import type { TokenDeps } from './deps.ts';
import { introspectionFrom, recall } from './recall.ts';
import { forbidden, TokenNotFound } from './token-error.ts';

/**
 * Who asks with this token; null for one that is no good. Answers `token.introspect`.
 *
 * @throws 404 and 403 where Python's middleware refuses the request itself
 */
export async function introspection(text: string, deps: TokenDeps): Promise<Introspection | null> {
  try {
    const recalled = await recall(text, false, deps);
    if (recalled.mute) return forbidden('EC2 credential tokens cannot be used for authorization.');
    return introspectionFrom(recalled);
  } catch (error) {
    if (error instanceof TokenNotFound) return null;
    throw error;
  }
}
