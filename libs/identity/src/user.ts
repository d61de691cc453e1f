import { collection, listOf, member, operations, type Request } from '@keystone/api';
import { circumstances, type IdentityDeps } from './deps.ts';
import { requireSql } from './driver.ts';
import { fits } from './filter.ts';
import { ofCallersDomain } from './caller-domain.ts';
import { GroupOfUser, linkedGroup } from './group-view.ts';
import { groupFilter } from './group.store.ts';
import { userOf, userTarget } from './lookup.ts';
import { membershipEnd } from './membership.ts';
import { behind, isTruncated, pageBounds } from './page.ts';
import { UserQuery } from './query.ts';
import { every, sql } from './sql.ts';
import { fromMs, naive } from './time.ts';
import { userFilter } from './user-filter.ts';
import { User, linkedUser, shownUser } from './user-view.ts';

const operation = operations<IdentityDeps>();

type ListRequest = Pick<Request, 'queryAll' | 'filters' | 'caller' | 'url' | 'target'>;

async function listUsers(request: ListRequest, deps: IdentityDeps) {
  const now = circumstances(deps);
  requireSql(now.config);
  const filter = userFilter(request.filters);
  const own = ofCallersDomain(request, sql`u.domain_id`);
  const bounds = pageBounds(request, now.config);
  const filtered = !filter.federated && request.filters.length + own.length > 0;
  const found = await deps.users.page(filter, every([filter.where, ...own]), { bounds, filtered });
  const users = found.slice(0, bounds.limit).map((user) => shownUser(user, now));
  const shown = users.filter((user) => fits(user, filter.rest)).map((user) => linkedUser(user, request));
  return collection(request, 'users', shown, { ...bounds, truncated: isTruncated(found.length, bounds, filtered) });
}

/** Those he was put in, then those that a mapping put him in; these end (identity/backends/sql.py). */
async function listGroupsOfUser(request: ListRequest & { params: { user_id: string } }, deps: IdentityDeps) {
  await userOf(request, deps);
  const { config, now } = circumstances(deps);
  const bounds = pageBounds(request, config);
  const { where, rest } = groupFilter(request.filters);
  const conditions = every([where, ...ofCallersDomain(request, sql`g.domain_id`), ...behind(bounds, sql`g.id`)]);
  const memberships = await deps.groups.memberships(request.params.user_id, conditions);
  const ttl = config.federation.default_authorization_ttl;
  const groups = memberships
    .map(({ group, expiring }) => ({ group, end: expiring && membershipEnd(expiring, ttl) }))
    .filter(({ group, end }) => (end === null || end > fromMs(now)) && fits(group, rest))
    .map(({ group, end }) => ({ ...linkedGroup(group, request), membership_expires_at: end && naive(end) }));
  return collection(request, 'groups', groups, bounds);
}

export const userOperations = [
  operation({
    method: 'GET',
    path: '/v3/users',
    policy: 'identity:list_users',
    filters: ['domain_id', 'enabled', 'idp_id', 'name', 'protocol_id', 'unique_id', 'password_expires_at'],
    query: UserQuery,
    reply: listOf('users', User),
    target: async ({ caller }) => (caller?.token.domain ? { domain_id: caller.token.domain.id } : {}),
    run: listUsers,
  }),
  operation({
    method: 'GET',
    path: '/v3/users/{user_id}',
    policy: 'identity:get_user',
    reply: member('user', User),
    target: userTarget,
    run: async (request, deps) => ({ user: linkedUser(await userOf(request, deps), request) }),
  }),
  operation({
    method: 'GET',
    path: '/v3/users/{user_id}/groups',
    policy: 'identity:list_groups_for_user',
    filters: ['name'],
    reply: listOf('groups', GroupOfUser),
    target: userTarget,
    run: listGroupsOfUser,
  }),
];
