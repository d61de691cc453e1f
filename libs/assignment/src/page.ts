import { readPage, type Page, type Request } from '@keystone/api';
import type { Config } from '@keystone/config';
import { KeystoneError } from '@keystone/errors';

/** How much of a list is asked for; `most` is what one answer holds at most, whatever is asked. */
export interface PageLimits extends Page {
  most: number;
}

export const markerNotFound = (marker: string): never => {
  throw new KeystoneError(404, `Marker ${marker} could not be found.`);
};

/** @param section whose `list_limit` holds where the request has no limit; null where none does */
export function pageOf(request: Pick<Request, 'queryAll'>, config: Config, section: 'resource' | 'role' | null) {
  const most = config.DEFAULT.max_db_limit;
  const configured = section && (config[section].list_limit ?? config.DEFAULT.list_limit);
  return { ...readPage(request, { configured, most }), most };
}
