import { notFound } from '@keystone/errors';
import { federatedMember, shownUser, type ShownUser } from './user-view.ts';
import { circumstances, type IdentityDeps } from './deps.ts';
import { requireSql } from './driver.ts';
import type { Group } from './group.store.ts';

/** Looks once per request, though the policy's target and the handler both ask. */
function oncePerRequest<R extends object, T>(look: (request: R, deps: IdentityDeps) => Promise<T>) {
  const looked = new WeakMap<R, Promise<T>>();
  return (request: R, deps: IdentityDeps): Promise<T> => {
    const known = looked.get(request) ?? look(request, deps);
    looked.set(request, known);
    return known;
  };
}

interface UserRequest {
  params: { user_id: string };
}
interface GroupRequest {
  params: { group_id: string };
}

const findUser = oncePerRequest(async ({ params }: UserRequest, deps): Promise<ShownUser | undefined> => {
  requireSql(deps.config());
  const [user, identities] = await Promise.all([
    deps.users.find(params.user_id),
    deps.users.federatedIdentities(params.user_id),
  ]);
  return user && { ...shownUser(user, circumstances(deps)), ...federatedMember(identities) };
});

const findGroup = oncePerRequest(async ({ params }: GroupRequest, deps): Promise<Group | undefined> => {
  requireSql(deps.config());
  return deps.groups.find(params.group_id);
});

/** The user of the path. @throws 404 */
export const userOf = async (request: UserRequest, deps: IdentityDeps): Promise<ShownUser> =>
  (await findUser(request, deps)) ?? notFound('user', request.params.user_id);

/** The group of the path. @throws 404 */
export const groupOf = async (request: GroupRequest, deps: IdentityDeps): Promise<Group> =>
  (await findGroup(request, deps)) ?? notFound('group', request.params.group_id);

// One that is missing is missing in the target too: who may not see users learns nothing, and who may gets the 404.
export const userTarget = async (request: UserRequest, deps: IdentityDeps) => {
  const user = await findUser(request, deps);
  return user ? { user } : {};
};

export const groupTarget = async (request: GroupRequest, deps: IdentityDeps) => {
  const group = await findGroup(request, deps);
  return group ? { group } : {};
};
