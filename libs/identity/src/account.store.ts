import { sql, type Sql } from './sql.ts';

/** The columns of AccountRow. */
export const ACCOUNT: Sql = sql`u.id, u.domain_id, u.default_project_id, u.enabled, u.created_at, u.last_active_at,
  l.name AS local_name, n.name AS nonlocal_name, p.expires_at, p.expires_at_int,
  (SELECT f.display_name FROM federated_user f WHERE f.user_id = u.id ORDER BY f.id LIMIT 1) AS federated_name`;

/** Users with what makes them local or not and the password that is theirs now: of all the one made last. */
export const ACCOUNTS: Sql = sql`\`user\` u
  LEFT JOIN local_user l ON l.user_id = u.id
  LEFT JOIN nonlocal_user n ON n.user_id = u.id
  LEFT JOIN password p ON p.id = (
    SELECT latest.id FROM password latest WHERE latest.local_user_id = l.id
    ORDER BY latest.created_at_int DESC, latest.id DESC LIMIT 1)`;
