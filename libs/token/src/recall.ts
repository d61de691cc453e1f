import { callerOf, type Caller, type Introspection, type TokenBody } from '@keystone/api';
import type { PolicyTarget } from '@keystone/policy';
import type { Fill } from './memory.ts';
import { isFederated } from './known.ts';
import { standsOn } from './standing.ts';
import type { TokenDeps } from './deps.ts';
import { look, type Looked } from './validate.ts';

/** A valid token as it is remembered: its answer as text, and what policy asks about it. */
export interface Recalled {
  /** Seconds since the epoch. */
  expiresAt: number;
  restricted: boolean;
  /** Nobody may ask with it, though it can be asked about. */
  mute: boolean;
  /** `{"token":{…` without the catalog and without its end. */
  own: string;
  /** Shared by all tokens that show the same one. */
  catalog: Buffer | null;
  target: PolicyTarget;
  groupIds: readonly string[];
  identityListed: boolean;
  /** Made when the token is first used to ask. */
  caller?: Caller;
}

/** Catalogs by their text: a cloud has few, and many tokens. */
const catalogs = new Map<string, WeakRef<Buffer>>();
const MOST_CATALOGS = 10_000;

function shared(entries: readonly unknown[]): Buffer {
  const text = JSON.stringify(entries);
  const held = catalogs.get(text)?.deref();
  if (held) return held;
  if (catalogs.size > MOST_CATALOGS) for (const [key, ref] of catalogs) if (!ref.deref()) catalogs.delete(key);
  const made = Buffer.from(text);
  catalogs.set(text, new WeakRef(made));
  return made;
}

const lists = (entries: readonly unknown[], type: string) =>
  entries.some((entry) => (entry as { type?: unknown }).type === type);

export function recalledFrom({ validated, known }: Looked): Recalled {
  const { payload, subject, body, restricted } = validated;
  const { catalog, ...rest } = body as TokenBody & { catalog?: unknown[] };
  const target = { token: { user_id: subject.id, user: { domain: { id: subject.domain_id } } } };
  return {
    expiresAt: Math.floor(payload.expiresAt),
    restricted,
    mute: payload.methods.includes('ec2credential'),
    own: JSON.stringify({ token: rest }).slice(0, -2),
    catalog: catalog ? shared(catalog) : null,
    target,
    groupIds: isFederated(payload) ? payload.groupIds : [],
    identityListed: lists(known.catalog?.entries ?? [], 'identity'),
  };
}

const OPEN = Buffer.from(',"catalog":');
const END = Buffer.from('}}');

/** The body of an answer, ready to be sent. */
export function bytesOf({ own, catalog }: Recalled, wantsCatalog: boolean): Buffer {
  const head = Buffer.from(own);
  return wantsCatalog && catalog ? Buffer.concat([head, OPEN, catalog, END]) : Buffer.concat([head, END]);
}

export const introspectionFrom = (recalled: Recalled): Introspection => ({
  token: (JSON.parse(`${recalled.own}}}`) as { token: TokenBody }).token,
  group_ids: [...recalled.groupIds],
  ...(recalled.restricted && { identity_in_catalog: recalled.identityListed }),
});

export const callerFrom = (recalled: Recalled): Caller => (recalled.caller ??= callerOf(introspectionFrom(recalled)));

/** What a remembered token takes beyond what is counted: objects, and the text it is known by. */
const OBJECTS = 500;

function fillFrom(looked: Looked): Fill<Recalled> {
  const { payload, subject } = looked.validated;
  const value = recalledFrom(looked);
  const ends = [...looked.known.people.values()].map((person) => person?.until ?? Number.POSITIVE_INFINITY);
  const trustEnds = looked.known.trust?.trust?.expires_at ?? Number.POSITIVE_INFINITY;
  return {
    value,
    bytes: value.own.length + OBJECTS,
    until: Math.min(value.expiresAt, subject.until ?? Number.POSITIVE_INFINITY, trustEnds, ...ends),
    facts: standsOn(payload, looked.known),
  };
}

/**
 * A valid token, from memory where it is there; one look for all who ask at the same time. While nothing is remembered
 * the catalog is asked for only by who wants it, or where access rules hang on it.
 *
 * @throws as {@link look}
 */
export async function recall(text: string | undefined, wantsCatalog: boolean, deps: TokenDeps): Promise<Recalled> {
  if (text && deps.memory.state().live) {
    return deps.memory.fill(text, async () => fillFrom(await look(text, { catalog: true }, deps)));
  }
  const looked = await look(text, { catalog: wantsCatalog }, deps);
  if (!looked.validated.restricted || wantsCatalog) return recalledFrom(looked);
  return recalledFrom(await look(text, { catalog: true }, deps));
}
