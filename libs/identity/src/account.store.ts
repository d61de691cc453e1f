import { sql, type Sql } from './sql.ts';

/** The columns of AccountRow. */
export const ACCOUNT: Sql = sql`u.id, u.domain_id, u.default_project_id, u.enabled, u.created_at, u.last_active_at,
  l.name AS local_name, n.name AS nonlocal_name, f.display_name AS federated_name, p.expires_at, p.expires_at_int`;

// The password that counts is the one made last; the first of several identities gives the name.
const PARTS: Sql = sql`LEFT JOIN local_user l ON l.user_id = u.id
  LEFT JOIN nonlocal_user n ON n.user_id = u.id
  LEFT JOIN federated_user f ON f.id = (SELECT MIN(first.id) FROM federated_user first WHERE first.user_id = u.id)
  LEFT JOIN password p ON p.id = (
    SELECT latest.id FROM password latest WHERE latest.local_user_id = l.id
    ORDER BY latest.created_at_int DESC, latest.id DESC LIMIT 1)`;

/** Users with what makes them local or not, and the password that is theirs now. */
export const ACCOUNTS: Sql = sql`\`user\` u ${PARTS}`;

/** The same, of those users alone. @param ids selects `user_id`, each once */
export const accountsOf = (ids: Sql): Sql => sql`(${ids}) asked JOIN \`user\` u ON u.id = asked.user_id ${PARTS}`;
