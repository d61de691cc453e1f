import { SelfLink, Type, nullable, open, type Request } from '@keystone/api';
import { withLink } from './link.ts';
import { enabledNow, nameOf, shownExpiry, type Circumstances } from './account.ts';
import type { FederatedIdentity, StoredUser } from './user.store.ts';

const FederatedIdentities = Type.Array(
  Type.Object({
    idp_id: Type.String(),
    protocols: Type.Array(Type.Object({ protocol_id: Type.String(), unique_id: Type.String() }), { minItems: 1 }),
  }),
);

/** A user as the API shows it (identity/schema.py, user_schema). */
export const User = Type.Object(
  {
    id: Type.String(),
    default_project_id: Type.Optional(nullable(Type.String())),
    description: Type.Optional(nullable(Type.String())),
    domain_id: Type.String(),
    enabled: Type.Boolean(),
    federated: Type.Optional(FederatedIdentities),
    links: SelfLink,
    // Null for a row that no login has a name for: nothing forbids it, and Python shows it so.
    name: nullable(Type.String()),
    password_expires_at: nullable(Type.String()),
    options: Type.Object({}, open),
  },
  open,
);

/** A user without his links; policy rules see the same. */
export type ShownUser = { id: string; domain_id: string } & Record<string, unknown>;

// Never shown, even where a client once stored them among what has no column (identity/backends/base.py, filter_user).
const HIDDEN = ['password', 'tenants', 'groups', 'domains'];

export function shownUser({ account, options, extra }: StoredUser, circumstances: Circumstances): ShownUser {
  const rest = Object.entries(extra).filter(([name]) => !HIDDEN.includes(name));
  const { id, domain_id, default_project_id } = account;
  return {
    ...Object.fromEntries(rest),
    id,
    name: nameOf(account),
    domain_id,
    enabled: enabledNow(account, options, circumstances),
    password_expires_at: shownExpiry(account),
    options,
    ...(default_project_id !== null && { default_project_id }),
  };
}

/** Grouped by identity provider; absent for who has none. */
export function federatedMember(identities: readonly FederatedIdentity[]) {
  const byProvider = Map.groupBy(identities, ({ idp_id }) => idp_id);
  const federated = [...byProvider].map(([idp_id, held]) => ({
    idp_id,
    protocols: held.map(({ protocol_id, unique_id }) => ({ protocol_id, unique_id })),
  }));
  return federated.length > 0 ? { federated } : {};
}

export const linkedUser = (user: ShownUser, { url }: Pick<Request, 'url'>) =>
  withLink(user, url(`/v3/users/${user.id}`));
