import { expect } from 'vitest';
import { call, sorted, type Answer } from './client.ts';
import type { World } from './world.ts';

type Statuses = [subject: number, caller: number];

/**
 * Python repeats the whole token in one of its messages, which ours never does; of a chain of trusts it names the one
 * that is missing, we the one that the token is of.
 */
const told = ({ status, body }: Answer) => {
  const message = body?.error?.message as string | undefined;
  const shown = message
    ?.replace(/^Could not find token: .*/, 'Failed to validate token')
    .replace(/(?<=^Could not find trust: )\w+/, '<trust>');
  return status < 300 ? { status, body: sorted(body) } : { status, message: shown };
};

export const ACCESS_RULES = { 'openstack-identity-access-rules': '1.0' };

/**
 * Has a token validated by Python and by us, as subject and as caller, and holds the answers against each other.
 * @returns Python's statuses
 */
export async function alike(
  it: World,
  token: string,
  headers: Record<string, string> = ACCESS_RULES,
): Promise<Statuses> {
  const bases = [it.stack.urls.python, it.stack.urls.services.token] as const;
  // Links are as the client names the host.
  const host = { host: 'keystone.example' };
  // Python first: what it writes down of a disabled user is there for us then, as it would be in a cloud.
  const [there, here] = await inTurn(bases, (base) =>
    call(base, 'GET', '/v3/auth/tokens', { token: it.admin, subject: token, headers: { ...host, ...headers } }),
  );
  expect(told(here)).toEqual(told(there));
  const [asCallerThere, asCallerHere] = await inTurn(bases, (base) =>
    call(base, 'GET', '/v3/auth/projects', { token, headers: host }),
  );
  expect(told(asCallerHere)).toEqual(told(asCallerThere));
  return [there.status, asCallerThere.status];
}

/**
 * Has every worker of Python answer something else: the first lookups of a request may be served from what the request
 * before it has read in the same thread, even with caching off.
 */
export async function distractPython({ stack, admin }: World): Promise<void> {
  const others = Array.from({ length: 8 }, () => call(stack.urls.python, 'GET', '/v3/auth/projects', { token: admin }));
  await Promise.all(others);
}

async function inTurn<T>(
  [first, second]: readonly [string, string],
  ask: (base: string) => Promise<T>,
): Promise<[T, T]> {
  return [await ask(first), await ask(second)];
}

/** What two tokens of one request have in common, or two refusals of it. */
function issued({ status, body }: Answer) {
  const { audit_ids: chain, issued_at: _, ...token } = body?.token ?? {};
  return { status, message: body?.error?.message as string | undefined, token: sorted(token), chain: chain?.length };
}

/** Exchanges a token at Python and at us, and holds the answers against each other. @returns the status, and our token */
export async function exchanged(it: World, token: string, scope?: unknown): Promise<{ status: number; token: string }> {
  const body = {
    auth: { identity: { methods: ['token'], token: { id: token } }, ...(scope !== undefined && { scope }) },
  };
  const [there, here] = await inTurn([it.stack.urls.python, it.stack.urls.services.token], (base) =>
    call(base, 'POST', '/v3/auth/tokens', { body }),
  );
  expect(issued(here)).toEqual(issued(there));
  return { status: here.status, token: String(here.headers['x-subject-token']) };
}
