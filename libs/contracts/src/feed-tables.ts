/** A table whose changes travel. */
export interface FeedTable {
  /** What whoever forgets answers needs to know of a row. Never a secret, never what people wrote. */
  columns: readonly string[];
  /** A row of which only these changed has not changed: they are written by whoever tries a wrong password. */
  quiet?: readonly string[];
}

/**
 * All that the validation of a token depends on in the database. A change of any other column of these tables travels
 * too, as the columns named here, before and after.
 */
export const feedTables: Readonly<Record<string, FeedTable>> = {
  user: { columns: ['id', 'domain_id', 'enabled', 'default_project_id'] },
  local_user: { columns: ['id', 'user_id'], quiet: ['failed_auth_count', 'failed_auth_at'] },
  nonlocal_user: { columns: ['user_id'] },
  federated_user: { columns: ['user_id'] },
  password: { columns: ['local_user_id'] },
  user_option: { columns: ['user_id'] },
  group: { columns: ['id'] },
  user_group_membership: { columns: ['user_id', 'group_id'] },
  expiring_user_group_membership: { columns: ['user_id', 'group_id', 'idp_id'] },
  project: { columns: ['id', 'domain_id', 'parent_id', 'is_domain'] },
  project_option: { columns: ['project_id'] },
  assignment: { columns: ['type', 'actor_id', 'target_id', 'role_id', 'inherited'] },
  system_assignment: { columns: ['type', 'actor_id', 'target_id', 'role_id', 'inherited'] },
  role: { columns: ['id'] },
  implied_role: { columns: ['prior_role_id', 'implied_role_id'] },
  revocation_event: {
    columns: [
      'id',
      'domain_id',
      'project_id',
      'user_id',
      'role_id',
      'trust_id',
      'consumer_id',
      'access_token_id',
      'issued_before',
      'expires_at',
      'revoked_at',
      'audit_id',
      'audit_chain_id',
    ],
  },
  trust: { columns: ['id', 'trustor_user_id', 'trustee_user_id', 'project_id'] },
  trust_role: { columns: ['trust_id', 'role_id'] },
  application_credential: { columns: ['id', 'internal_id', 'user_id', 'project_id'] },
  application_credential_role: { columns: ['application_credential_id', 'role_id'] },
  application_credential_access_rule: { columns: ['application_credential_id', 'access_rule_id'] },
  access_rule: { columns: ['id', 'user_id'] },
  region: { columns: ['id'] },
  service: { columns: ['id'] },
  endpoint: { columns: ['id', 'service_id'] },
  endpoint_group: { columns: ['id'] },
  project_endpoint: { columns: ['endpoint_id', 'project_id'] },
  project_endpoint_group: { columns: ['endpoint_group_id', 'project_id'] },
  identity_provider: { columns: ['id'] },
  federation_protocol: { columns: ['id', 'idp_id'] },
  service_provider: { columns: ['id'] },
  consumer: { columns: ['id'] },
  access_token: { columns: ['id', 'authorizing_user_id', 'consumer_id'] },
};
