import type { IdentityDeps } from './deps.ts';
import type { Member, Named } from './directory.store.ts';
import { requireSql } from './driver.ts';

/** Answers `identity.names-of`. */
export async function namesOfAll(
  { user_ids, group_ids }: { user_ids: string[]; group_ids: string[] },
  { config, directory }: IdentityDeps,
): Promise<{ users: Named[]; groups: Named[] }> {
  requireSql(config());
  const [users, groups] = await Promise.all([directory.users(user_ids), directory.groups(group_ids)]);
  return { users, groups };
}

/** Answers `identity.members-of`. */
export async function membersOfGroups(groupIds: string[], { config, directory }: IdentityDeps): Promise<Member[]> {
  requireSql(config());
  return directory.members(groupIds);
}
