import type { FeedChange } from '@keystone/contracts';
import type { TokenPayload } from '@keystone/fernet';
import { isFederated, type Known } from './known.ts';

/**
 * The names of the facts that a validation stands on, and of those that a change in the database touches. They meet in
 * the memory: what a change touches is forgotten. Where exactness is not worth it one name stands for many facts.
 */
const CATALOG = 'catalog';
const TRUSTS = 'trusts';
const CREDENTIALS = 'application credentials';
const DELEGATIONS = 'access tokens';

const user = (id: unknown) => `user ${String(id)}`;
const login = (id: unknown) => `login ${String(id)}`;
const actor = (id: unknown) => `actor ${String(id)}`;
const group = (id: unknown) => `group ${String(id)}`;
const project = (id: unknown) => `project ${String(id)}`;
const audit = (id: unknown) => `audit ${String(id)}`;
const chain = (id: unknown) => `chain ${String(id)}`;

/** What a token depends on besides who and where. */
function ofKind(payload: TokenPayload): string[] {
  if (payload.kind === 'trust') return [TRUSTS];
  if (payload.kind === 'application-credential') return [CREDENTIALS];
  if (payload.kind === 'oauth1') return [DELEGATIONS];
  return isFederated(payload) ? payload.groupIds.flatMap((id) => [group(id), actor(id)]) : [];
}

/** Everything in the database that could make a validation's answer another. */
export function standsOn(payload: TokenPayload, known: Known): string[] {
  const people = [...known.people.values()].flatMap((person) =>
    person
      ? [
          ...[user(person.id), actor(person.id)],
          ...(person.local_id ? [login(person.local_id)] : []),
          ...person.group_ids.map(actor),
        ]
      : [],
  );
  const places = [known.project?.id, known.project?.domain.id, known.domain?.id, ...known.domains.keys()];
  const [own, first] = payload.auditIds;
  return [
    ...new Set([
      ...people,
      ...places.filter((id) => id !== undefined).map(project),
      ...(own ? [audit(own)] : []),
      ...(first ? [chain(first)] : []),
      ...(known.catalog ? [CATALOG] : []),
      ...ofKind(payload),
    ]),
  ];
}

type Row = NonNullable<FeedChange['after']>;
type Touched = readonly string[] | 'everything';

/** By table: what a row of it touches. */
const TOUCHES: Record<string, (row: Row) => Touched> = {
  user: ({ id }) => [user(id)],
  local_user: ({ user_id, id }) => [user(user_id), login(id)],
  nonlocal_user: ({ user_id }) => [user(user_id)],
  federated_user: ({ user_id }) => [user(user_id)],
  password: ({ local_user_id }) => [login(local_user_id)],
  user_option: ({ user_id }) => [user(user_id)],
  user_group_membership: ({ user_id }) => [user(user_id)],
  expiring_user_group_membership: ({ user_id }) => [user(user_id)],
  group: ({ id }) => [group(id)],
  project: ({ id }) => [project(id)],
  // Options and tags of projects do not show in a token.
  project_option: () => [],
  assignment: ({ actor_id }) => [actor(actor_id)],
  system_assignment: ({ actor_id }) => [actor(actor_id)],
  trust: () => [TRUSTS],
  trust_role: () => [TRUSTS],
  application_credential: () => [CREDENTIALS],
  application_credential_role: () => [CREDENTIALS],
  application_credential_access_rule: () => [CREDENTIALS],
  access_rule: () => [CREDENTIALS],
  access_token: () => [DELEGATIONS],
  consumer: () => [DELEGATIONS],
  region: () => [CATALOG],
  service: () => [CATALOG],
  endpoint: () => [CATALOG],
  endpoint_group: () => [CATALOG],
  project_endpoint: () => [CATALOG],
  project_endpoint_group: () => [CATALOG],
  revocation_event: (row) => revoked(row),
};

/** An event names who it is about; the narrowest of its names is enough. */
function revoked(row: Row): Touched {
  if (row.audit_id) return [audit(row.audit_id)];
  if (row.audit_chain_id) return [chain(row.audit_chain_id)];
  if (row.trust_id) return [TRUSTS];
  if (row.consumer_id) return [DELEGATIONS];
  if (row.user_id) return [user(row.user_id)];
  return row.project_id ? [project(row.project_id)] : 'everything';
}

/** A project that moves in the tree takes what is inherited with it; for all below it, too. */
const moves = ({ table, before, after }: FeedChange) =>
  table === 'project' && before !== null && after !== null && before.parent_id !== after.parent_id;

/** What a change touches; roles, providers and whatever is not known here touch everything. */
export function touches(change: FeedChange): Touched {
  const of = TOUCHES[change.table];
  if (!of || moves(change)) return 'everything';
  const touched = [change.before, change.after].flatMap((row) => (row ? [of(row)] : []));
  return touched.includes('everything') ? 'everything' : (touched as string[][]).flat();
}
