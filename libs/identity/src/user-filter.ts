import type { Filter } from '@keystone/api';
import { divide, type FilterColumns } from './filter.ts';
import { expiring } from './password-expiry.ts';
import { every, sql, type Sql } from './sql.ts';

const USER: FilterColumns = {
  domain_id: { column: sql`u.domain_id`, length: 64 },
  enabled: { column: sql`u.enabled`, flag: true },
};
const LOCAL: FilterColumns = {
  domain_id: { column: sql`domain_id`, length: 64 },
  name: { column: sql`name`, length: 255 },
};
const FEDERATED: FilterColumns = {
  idp_id: { column: sql`idp_id`, length: 64 },
  protocol_id: { column: sql`protocol_id`, length: 64 },
  unique_id: { column: sql`unique_id`, length: 255 },
  name: { column: sql`display_name`, length: 255 },
};

/**
 * Selects users by filters: what they are looked for in and the id there, conditions on `u`, and the filters left for
 * the rows found. `federated` where the filters say who somebody is to an identity provider.
 */
export interface UserFilter {
  from: Sql;
  id: Sql;
  where: Sql;
  rest: Filter[];
  federated: boolean;
}

const over = (columns: FilterColumns, filters: readonly Filter[]) => filters.filter(({ name }) => name in columns);
const exactly = (filters: readonly Filter[]) => filters.map((filter): Filter => ({ ...filter, comparator: 'equals' }));

const localUsers = (filters: readonly Filter[]): Sql =>
  sql`SELECT user_id FROM local_user WHERE ${divide(over(LOCAL, filters), LOCAL).where}`;

// What is asked of an identity provider is compared as it is, whatever the comparator.
const federatedUsers = (filters: readonly Filter[]): Sql =>
  sql`SELECT DISTINCT user_id FROM federated_user WHERE ${divide(exactly(over(FEDERATED, filters)), FEDERATED).where}`;

const EVERYBODY = { from: sql`\`user\` u`, id: sql`u.id` };

// The order of those found, not of all users, is what the database has to make.
const among = (ids: Sql) => ({
  from: sql`(${ids}) found JOIN \`user\` u ON u.id = found.user_id`,
  id: sql`found.user_id`,
});

/**
 * A name is a local user's or the one that an identity provider shows, but beside what says which identity it is about
 * only the latter (identity/core.py, _handle_shadow_and_local_users).
 * @throws 400 for a time of expiry that is none
 */
export function userFilter(filters: readonly Filter[]): UserFilter {
  const names = filters.filter(({ name }) => name === 'name');
  const federated = over(FEDERATED, filters).length > names.length;
  const own = divide(over(USER, filters), USER);
  const undecided = federated ? [] : divide(names, LOCAL).rest;
  const named = sql`${localUsers(filters)} UNION ${federatedUsers(filters)}`;
  const source = federated
    ? among(federatedUsers(filters))
    : names.length > undecided.length
      ? among(named)
      : EVERYBODY;
  const where = every([own.where, ...expiring(filters)]);
  return { ...source, where, rest: [...own.rest, ...undecided], federated };
}
