import type { Filter } from '@keystone/api';
import { badRequest } from '@keystone/errors';
import { parseMoment } from './iso-time.ts';
import { every, sql, type Sql } from './sql.ts';

const OPERATORS: Readonly<Record<string, (microseconds: number) => Sql>> = {
  lt: (time) => sql`e.expires_at_int < ${time}`,
  lte: (time) => sql`e.expires_at_int <= ${time}`,
  gt: (time) => sql`e.expires_at_int > ${time}`,
  gte: (time) => sql`e.expires_at_int >= ${time}`,
  eq: (time) => sql`e.expires_at_int = ${time}`,
  neq: (time) => sql`e.expires_at_int <> ${time}`,
};

function comparison(value: string): Sql {
  // A colon there ends an operator; else all of it is a time to be equal to.
  const colon = value.slice(2, 4).includes(':') ? value.indexOf(':') : -1;
  const operator = colon < 0 ? 'eq' : value.slice(0, colon);
  const time =
    parseMoment(value.slice(colon + 1)) ??
    badRequest(
      'Timestamp not in expected format. The server could not comply with the request since it is either malformed ' +
        'or otherwise incorrect. The client is assumed to be in error.',
    );
  const compare = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (compare) return compare(time);
  return badRequest(
    `The given operator ${operator} is not valid. It must be one of the following: 'eq', 'neq', 'lt', 'lte', 'gt', ` +
      "or 'gte'.",
  );
}

/**
 * Users with a password, the present one or an earlier one, that expires as the filters say
 * (identity/core.py, _translate_expired_password_hints; backends/sql.py, _create_password_expires_query).
 * @throws 400
 */
export function expiring(filters: readonly Filter[]): Sql[] {
  const asked = filters.filter(({ name }) => name === 'password_expires_at');
  if (asked.length === 0) return [];
  const conditions = every(asked.map(({ value }) => comparison(value)));
  return [
    sql`u.id IN (SELECT o.user_id FROM local_user o JOIN password e ON e.local_user_id = o.id WHERE ${conditions})`,
  ];
}
