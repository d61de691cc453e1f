import type { Request } from '@keystone/api';

const PARAMETERS = ['tags', 'tags-any', 'not-tags', 'not-tags-any'] as const;

/** Tags by the parameter that names them. */
export type TagQuery = Partial<Record<(typeof PARAMETERS)[number], string[]>>;

export interface TagHit {
  project_id: string;
  name: string;
  /** 1 where the database finds the tag among those of `tags-any`. */
  any_of: number;
  not_any_of: number;
}

/** Null where the request filters by no tags. */
export function readTagQuery({ queryAll }: Pick<Request, 'queryAll'>): TagQuery | null {
  const first = (name: string) => queryAll.find(([key]) => key === name)?.[1].split(',');
  const entries = PARAMETERS.flatMap((name) => {
    const tags = first(name);
    return tags ? [[name, tags] as const] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : null;
}

type Ids = ReadonlySet<string>;

const idsOf = (hits: readonly TagHit[]): Ids => new Set(hits.map(({ project_id }) => project_id));

/** Projects that have all the tags, letter by letter. */
function withAll(tags: readonly string[], hits: readonly TagHit[]): Ids {
  const named = hits.filter(({ name }) => tags.includes(name));
  const wanted = new Set(tags).size;
  const count = new Map<string, number>();
  for (const { project_id } of named) count.set(project_id, (count.get(project_id) ?? 0) + 1);
  return new Set([...count].filter(([, held]) => held === wanted).map(([id]) => id));
}

/**
 * As resource/backends/sql.py list_projects_by_tags combines them, surprises included: `tags` that select nothing do
 * not count beside a `not-`, and `not-tags-any` beside `not-tags` adds its projects.
 */
export function tagFilter(query: TagQuery, hits: readonly TagHit[]): (project: { id: string }) => boolean {
  const all = query.tags && withAll(query.tags, hits);
  const any = query['tags-any'] && idsOf(hits.filter(({ any_of }) => any_of));
  const selected: Ids = any && all ? new Set([...any].filter((id) => all.has(id))) : (any ?? all ?? new Set());
  const except = (refused: Ids) => (id: string) => !refused.has(id) && (selected.size === 0 || selected.has(id));

  let admits = (id: string) => selected.has(id);
  if (query['not-tags']) admits = except(withAll(query['not-tags'], hits));
  if (query['not-tags-any']) {
    const refused = idsOf(hits.filter(({ not_any_of }) => not_any_of));
    const before = admits;
    admits = query['not-tags'] ? (id) => before(id) || refused.has(id) : except(refused);
  }
  return ({ id }) => admits(id);
}
