import type { Filter } from '@keystone/api';
import { divide, type FilterColumns } from './filter.ts';
import { expiring } from './password-expiry.ts';
import { every, sql, type Sql } from './sql.ts';

const COLUMNS: FilterColumns = {
  domain_id: { column: sql`u.domain_id`, length: 64 },
  enabled: { column: sql`u.enabled`, flag: true },
};
const LOCAL: FilterColumns = { name: { column: sql`l.name`, length: 255 } };
const FEDERATED: FilterColumns = {
  idp_id: { column: sql`f.idp_id`, length: 64 },
  protocol_id: { column: sql`f.protocol_id`, length: 64 },
  unique_id: { column: sql`f.unique_id`, length: 255 },
  name: { column: sql`f.display_name`, length: 255 },
};

const named = ({ name }: Filter) => name === 'name';
const federated = ({ name }: Filter) => ['idp_id', 'protocol_id', 'unique_id'].includes(name);

const asFederated = (where: Sql): Sql =>
  sql`EXISTS (SELECT 1 FROM federated_user f WHERE f.user_id = u.id AND ${where})`;

/** What the database decides, what is left for the rows it finds, and whether only federated users are asked for. */
export interface UserFilter {
  where: Sql;
  rest: Filter[];
  federated: boolean;
}

/**
 * A name may be a local user's or the one that an identity provider shows, but beside what says which identity it is
 * about only the latter (identity/core.py, _handle_shadow_and_local_users).
 * @throws 400 for a time of expiry that is none
 */
export function userFilter(filters: readonly Filter[]): UserFilter {
  const exact = filters.filter(federated).map((filter): Filter => ({ ...filter, comparator: 'equals' }));
  const names = filters.filter(named);
  const own = divide(
    filters.filter(({ name }) => name in COLUMNS),
    COLUMNS,
  );
  const shown = divide([...exact, ...names], FEDERATED);
  const conditions = [own.where, ...expiring(filters)];
  if (exact.length > 0) conditions.push(asFederated(shown.where));
  else if (names.length > 0) conditions.push(sql`${divide(names, LOCAL).where} OR ${asFederated(shown.where)}`);
  return { where: every(conditions), rest: [...own.rest, ...shown.rest], federated: exact.length > 0 };
}
