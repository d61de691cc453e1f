import type { Request } from '@keystone/api';
import { sql, type Sql } from './sql.ts';

/** A token for a domain lists what is of that domain, and nothing else, whatever the rules say. */
export function ofCallersDomain({ caller }: Pick<Request, 'caller'>, column: Sql): Sql[] {
  const domain = caller?.token.domain;
  return domain ? [sql`${column} = ${domain.id}`] : [];
}
