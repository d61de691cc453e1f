import { badRequest } from '@keystone/errors';
import type { Request } from './operation.ts';

const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A member with the link to itself. Links that a client once stored are shown beside it, as Python shows them
 * (ResourceBase._add_self_referential_link); the id stands in the link as it is.
 *
 * @param collection the path of its collection, e.g. `regions`
 */
export const linked = <T extends { id: string; links?: unknown }>(
  request: Pick<Request, 'url'>,
  collection: string,
  member: T,
) => ({
  ...member,
  links: { ...(isMapping(member.links) ? member.links : {}), self: request.url(`/v3/${collection}/${member.id}`) },
});

/** The names of a new member's properties without `:` and `-`, as Python stores them (ResourceBase._normalize_dict). */
export const normalised = <T extends object>(draft: T): T =>
  Object.fromEntries(Object.entries(draft).map(([name, value]) => [name.replaceAll(/[:-]/g, '_'), value])) as T;

/** @throws 400 where a change names another id than the path does */
export function keepsId(changes: object, id: string): void {
  const { id: named = null } = changes as { id?: unknown };
  if (named !== null && named !== id) badRequest('Cannot change ID');
}
