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

/** A request that an application credential is good for: the service's type, a method, a pattern of paths. */
export interface AccessRule {
  service: string | null;
  path: string | null;
  method: string | null;
}

/** What the token service says of a valid token. */
export interface Introspection {
  token: TokenBody;
  /** Groups of a federated token, which hold whatever the user's memberships say. */
  group_ids: string[];
  /** Of a token with access rules: whether its catalog has an identity service, without which none of them counts. */
  identity_in_catalog?: boolean;
}

/** How a token was handed on, as far as Keystone's request context knows (auth_context.py, _keystone_specific_values). */
export interface Delegation {
  trustId: string | null;
  oauthConsumerId: string | null;
  oauthAccessTokenId: string | null;
}

/** Who asks. Made only by {@link callerOf} and {@link ADMIN_TOKEN_CALLER}. */
export interface Caller extends Introspection {
  credentials: PolicyCredentials;
  /** The request carried `[DEFAULT] admin_token`: policy is not asked. */
  isAdmin: boolean;
  /** Null for who asks for himself, or by an application credential, which Python does not count here. */
  delegation: Delegation | null;
  /** The only requests that an application credential is good for; null where it is good for all. */
  accessRules: readonly AccessRule[] | null;
}

interface Delegated {
  'OS-TRUST:trust'?: { id: string };
  'OS-OAUTH1'?: { consumer_id: string; access_token_id: string };
  application_credential?: { access_rules?: AccessRule[] };
}

function delegationOf(token: TokenBody): Delegation | null {
  const { 'OS-TRUST:trust': trust, 'OS-OAUTH1': oauth } = token as Delegated;
  if (!trust && !oauth) return null;
  return {
    trustId: trust?.id ?? null,
    oauthConsumerId: oauth?.consumer_id ?? null,
    oauthAccessTokenId: oauth?.access_token_id ?? null,
  };
}

/** The values that oslo.context's `to_policy_values` and Keystone's context give to policy rules. */
export function callerOf(introspection: Introspection): Caller {
  const { token, group_ids } = introspection;
  const delegation = delegationOf(token);
  const credentials: PolicyCredentials = {
    user_id: token.user.id,
    user_domain_id: token.user.domain.id,
    project_id: token.project?.id ?? null,
    project_domain_id: token.project?.domain.id ?? null,
    domain_id: token.domain?.id ?? null,
    domain_name: token.domain?.name ?? null,
    system_scope: token.system ? 'all' : null,
    roles: (token.roles ?? []).map(({ name }) => name),
    is_admin: false,
    is_admin_project: token.domain ? false : (token.is_admin_project ?? true),
    group_ids,
    trust_id: delegation?.trustId ?? null,
    // Python's context has names for these two, and never fills them.
    trustor_id: null,
    trustee_id: null,
    token,
  };
  const accessRules = (token as Delegated).application_credential?.access_rules ?? null;
  return { ...introspection, credentials, isAdmin: false, delegation, accessRules };
}

/** The bearer of `[DEFAULT] admin_token`: nobody in particular, asked no policy. */
export const ADMIN_TOKEN_CALLER: Caller = {
  token: {
    methods: [],
    user: { id: '', name: '', domain: { id: '', name: '' } },
    audit_ids: [],
    expires_at: '',
    issued_at: '',
  },
  group_ids: [],
  credentials: {
    user_id: null,
    user_domain_id: null,
    project_id: null,
    project_domain_id: null,
    domain_id: null,
    system_scope: null,
    roles: [],
    is_admin: true,
  },
  isAdmin: true,
  delegation: null,
  accessRules: null,
};
