import { readPage, type Page, type Request } from '@keystone/api';
import type { Config } from '@keystone/config';
import { KeystoneError } from '@keystone/errors';
import { sql, type Sql } from './sql.ts';

/** How much of a list is asked for, and how many rows one statement gives at most: `[DEFAULT] max_db_limit`. */
export interface PageBounds extends Page {
  most: number;
}

/**
 * What a request may have of a list of users or groups. Here a configured `list_limit` takes the place of what is asked
 * (identity/core.py, _set_list_limit_in_hints).
 */
export function pageBounds(request: Pick<Request, 'queryAll'>, { identity, DEFAULT }: Config): PageBounds {
  const configured = identity.list_limit || DEFAULT.list_limit;
  const { limit, marker } = readPage(request, { configured, most: DEFAULT.max_db_limit });
  return { limit: configured || limit, marker, most: DEFAULT.max_db_limit };
}

/** Rows to ask for: one more than wanted tells that there are more, but not where filters are at work. */
export const rowsFor = ({ limit, most }: PageBounds, filtered: boolean): number =>
  limit === undefined ? most : limit + (filtered ? 0 : 1);

/** Whether the rows found are not all: where filters are at work a full page counts as cut (driver_hints.truncated). */
export const isTruncated = (found: number, { limit }: PageBounds, filtered: boolean): boolean =>
  limit !== undefined && (filtered ? found >= limit : found > limit);

/** What comes behind the marker. Python forgets it in lists of members, so that its `next` leads to the same page again. */
export const behind = ({ marker }: PageBounds, id: Sql): Sql[] =>
  marker === undefined ? [] : [sql`${id} > ${marker}`];

export const markerNotFound = (marker: string): never => {
  throw new KeystoneError(404, `Marker ${marker} could not be found.`);
};
