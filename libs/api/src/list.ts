import { badRequest } from '@keystone/errors';
import type { Request } from './operation.ts';

export type Comparator = 'equals' | 'contains' | 'startswith' | 'endswith';

/** One filter of a list request, e.g. `name__icontains=adm`. */
export interface Filter {
  name: string;
  comparator: Comparator;
  caseSensitive: boolean;
  value: string;
}

const COMPARATORS = new Set<string>(['equals', 'contains', 'startswith', 'endswith']);

/**
 * The filters of a request: those whose attribute is supported (ResourceBase.build_driver_hints). `name__equals` and
 * `name__iequals` are `name`. Any other comparator Python takes and then lets everything pass; so it is left out.
 */
export function readFilters(query: Request['queryAll'], supported: readonly string[]): Filter[] {
  return query.flatMap(([key, value]): Filter[] => {
    if (supported.includes(key)) return [{ name: key, comparator: 'equals', caseSensitive: true, value }];
    const name = supported.find((known) => key.startsWith(`${known}__`));
    if (!name) return [];
    const asked = key.slice(name.length + 2);
    const comparator = asked.startsWith('i') ? asked.slice(1) : asked;
    if (!COMPARATORS.has(comparator)) return [];
    const caseSensitive = comparator === 'equals' || !asked.startsWith('i');
    return [{ name, comparator: comparator as Comparator, caseSensitive, value }];
  });
}

/** Keystone's `attr_as_boolean`: a filter is true unless it is one of the words for false. */
const isFalse = (value: string) => ['0', 'f', 'false', 'n', 'no', 'off'].includes(value.trim().toLowerCase());

export function matches(ref: Record<string, unknown>, filter: Filter): boolean {
  const held = ref[filter.name];
  if (filter.comparator === 'equals') {
    return typeof held === 'boolean' ? held === !isFalse(filter.value) : held === filter.value;
  }
  if (typeof held !== 'string') return false;
  const [text, part] = filter.caseSensitive ? [held, filter.value] : [held.toLowerCase(), filter.value.toLowerCase()];
  if (filter.comparator === 'contains') return text.includes(part);
  return filter.comparator === 'startswith' ? text.startsWith(part) : text.endsWith(part);
}

/** How much of a list is asked for. */
export interface Page {
  limit: number | undefined;
  marker: string | undefined;
}

/**
 * `limit` and `marker` as Python reads them: at most `[DEFAULT] max_db_limit`; where the request has none, the
 * section's `list_limit`, then the global one. Python answers a limit that is no number with a crash; here it is a 400.
 */
export function readPage(
  request: Pick<Request, 'queryAll'>,
  limits: { configured: number | null; most: number },
): Page {
  const first = (name: string) => request.queryAll.find(([key]) => key === name)?.[1];
  const asked = first('limit');
  const marker = first('marker') || undefined;
  if (!asked) return { limit: limits.configured ?? undefined, marker };
  if (!/^\s*[+-]?\d+\s*$/.test(asked) || Number(asked) < 0) {
    badRequest(`Invalid input for query parameters limit. Value: ${asked}. It must be a whole number, 0 or more.`);
  }
  return { limit: Math.min(Number(asked), limits.most), marker };
}

type Ref = { id: string };

/** As Python's urlencode writes a query: a space is `+`, and of the marks only `_.-~` stand for themselves. */
const urlencoded = (value: string): string =>
  encodeURIComponent(value.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** The query of the next page: of parameters that came twice Python keeps the first. */
function nextQuery(sent: Request['queryAll'], { marker, limit }: Page): string {
  const args = new Map(sent.toReversed());
  const inOrder = new Map(sent.map(([name]) => [name, args.get(name) ?? '']));
  if (marker !== undefined) inOrder.set('marker', marker);
  if (limit !== undefined) inOrder.set('limit', String(limit));
  return [...inOrder].map(([name, value]) => `${urlencoded(name)}=${urlencoded(value)}`).join('&');
}

/**
 * The body of a list: members, links and `truncated` (ResourceBase.wrap_collection).
 *
 * @param page what was asked; `truncated` where the store already cut the list to the limit
 */
export function collection<T extends Ref>(
  request: Pick<Request, 'queryAll' | 'url' | 'target'>,
  name: string,
  members: readonly T[],
  page: Partial<Page> & { truncated?: boolean } = {},
) {
  const tooMany = page.limit !== undefined && members.length > page.limit;
  const shown = tooMany ? members.slice(0, page.limit) : members;
  const truncated = tooMany || page.truncated === true;
  const { path, search } = request.target;
  const last = shown.at(-1);
  let next: string | null = null;
  if (truncated && last && (page.limit || page.marker)) {
    next = `${request.url(path)}?${nextQuery(request.queryAll, { limit: page.limit, marker: last.id })}`;
  }
  const links = { next, self: request.url(path) + search, previous: null };
  return { [name]: shown, links, ...(truncated && { truncated: true }) };
}
