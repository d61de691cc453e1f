import { collection, listOf, member, operations, type Request } from '@keystone/api';
import { KeystoneError } from '@keystone/errors';
import { ofCallersDomain } from './caller-domain.ts';
import { circumstances, type IdentityDeps } from './deps.ts';
import { requireSql } from './driver.ts';
import { fits } from './filter.ts';
import { Group, linkedGroup } from './group-view.ts';
import { groupFilter } from './group.store.ts';
import { groupOf, groupTarget, userOf, userTarget } from './lookup.ts';
import { membershipEnd } from './membership.ts';
import { behind, isTruncated, pageBounds } from './page.ts';
import { GroupQuery } from './query.ts';
import { every, sql } from './sql.ts';
import { fromMs } from './time.ts';
import { userFilter } from './user-filter.ts';
import { User, linkedUser, shownUser } from './user-view.ts';

const operation = operations<IdentityDeps>();

type ListRequest = Pick<Request, 'queryAll' | 'filters' | 'caller' | 'url' | 'target'>;

async function listGroups(request: ListRequest, deps: IdentityDeps) {
  const config = deps.config();
  requireSql(config);
  const { where, rest } = groupFilter(request.filters);
  const bounds = pageBounds(request, config);
  const filtered = request.filters.length > 0;
  const conditions = every([where, ...ofCallersDomain(request, sql`g.domain_id`)]);
  const found = await deps.groups.page(conditions, bounds, filtered);
  const shown = found.slice(0, bounds.limit).filter((group) => fits(group, rest));
  const groups = shown.map((group) => linkedGroup(group, request));
  return collection(request, 'groups', groups, { ...bounds, truncated: isTruncated(found.length, bounds, filtered) });
}

async function listMembers(request: ListRequest & { params: { group_id: string } }, deps: IdentityDeps) {
  const group = await groupOf(request, deps);
  const now = circumstances(deps);
  const filter = userFilter(request.filters);
  const bounds = pageBounds(request, now.config);
  const where = every([filter.where, ...ofCallersDomain(request, sql`u.domain_id`), ...behind(bounds, sql`u.id`)]);
  // What is filtered here may be any of the rows, so then all of them are needed.
  const most = bounds.limit === undefined || filter.rest.length > 0 ? null : bounds.limit + 1;
  const found = await deps.users.members(group.id, filter, { where, most });
  const users = found.map((user) => shownUser(user, now)).filter((user) => fits(user, filter.rest));
  const shown = users.map((user) => linkedUser(user, request));
  return collection(request, 'users', shown, bounds);
}

interface MembershipRequest {
  params: { group_id: string; user_id: string };
}

async function checkMembership(request: MembershipRequest, deps: IdentityDeps): Promise<void> {
  const group = await groupOf(request, deps);
  const user = await userOf(request, deps);
  const { config, now } = circumstances(deps);
  const ttl = config.federation.default_authorization_ttl;
  const memberships = await deps.groups.membershipsIn(group.id, user.id);
  const holds = memberships.some((expiring) => expiring === null || membershipEnd(expiring, ttl) > fromMs(now));
  if (!holds) throw new KeystoneError(404, `User '${user.id}' not found in group '${group.id}'`);
}

export const groupOperations = [
  operation({
    method: 'GET',
    path: '/v3/groups',
    policy: 'identity:list_groups',
    filters: ['domain_id', 'name'],
    query: GroupQuery,
    reply: listOf('groups', Group),
    target: async ({ caller }) => (caller?.token.domain ? { group: { domain_id: caller.token.domain.id } } : {}),
    run: listGroups,
  }),
  operation({
    method: 'GET',
    path: '/v3/groups/{group_id}',
    policy: 'identity:get_group',
    reply: member('group', Group),
    target: groupTarget,
    run: async (request, deps) => ({ group: linkedGroup(await groupOf(request, deps), request) }),
  }),
  operation({
    method: 'GET',
    path: '/v3/groups/{group_id}/users',
    policy: 'identity:list_users_in_group',
    filters: ['domain_id', 'enabled', 'name', 'password_expires_at'],
    reply: listOf('users', User),
    target: groupTarget,
    run: listMembers,
  }),
  operation({
    method: 'GET',
    path: '/v3/groups/{group_id}/users/{user_id}',
    policy: 'identity:check_user_in_group',
    status: 204,
    target: async (request, deps) => ({ ...(await groupTarget(request, deps)), ...(await userTarget(request, deps)) }),
    run: checkMembership,
  }),
];
