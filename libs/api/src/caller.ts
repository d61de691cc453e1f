import type { PolicyCredentials } from '@keystone/policy';

/** The `token` member of a token response, as far as callers are concerned. */
export interface TokenBody {
  methods: string[];
  user: { id: string; name: string; domain: { id: string; name: string }; [attribute: string]: unknown };
  audit_ids: string[];
  expires_at: string;
  issued_at: string;
  project?: { id: string; name: string; domain: { id: string; name: string } };
  domain?: { id: string; name: string };
  system?: { all: true };
  roles?: { id: string; name: string }[];
  is_admin_project?: boolean;
  [member: string]: unknown;
}

/** What the token service says of a valid token. */
export interface Introspection {
  token: TokenBody;
  /** Groups of a federated token, which hold whatever the user's memberships say. */
  group_ids: string[];
}

/** Who asks. Made only by {@link callerOf} and {@link ADMIN_TOKEN_CALLER}. */
export interface Caller extends Introspection {
  credentials: PolicyCredentials;
  /** The request carried `[DEFAULT] admin_token`: policy is not asked. */
  isAdmin: boolean;
}

/** The values that oslo.context's `to_policy_values` and Keystone's context give to policy rules. */
export function callerOf(introspection: Introspection): Caller {
  const { token, group_ids } = introspection;
  const credentials: PolicyCredentials = {
    user_id: token.user.id,
    user_domain_id: token.user.domain.id,
    project_id: token.project?.id ?? null,
    project_domain_id: token.project?.domain.id ?? null,
    domain_id: token.domain?.id ?? null,
    system_scope: token.system ? 'all' : null,
    roles: (token.roles ?? []).map(({ name }) => name),
    is_admin: false,
    is_admin_project: token.domain ? false : (token.is_admin_project ?? true),
    group_ids,
    token,
  };
  return { token, group_ids, credentials, isAdmin: false };
}
