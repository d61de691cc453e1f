import { answer } from '@keystone/bus';
import { authenticate, federationStands, groupsOf, membersOf, namesOf, subjectOf } from '@keystone/contracts';
import { module } from '@keystone/module';
import { authenticateUser } from './authentication.ts';
import { identityDeps, type IdentityDeps } from './deps.ts';
import { membersOfGroups, namesOfAll } from './directory.ts';
import { federationOfToken } from './federation.ts';
import { groupOperations } from './group.ts';
import { groupsOfUser, subjectOfToken } from './subject.ts';
import { identityTables } from './tables.store.ts';
import { userOperations } from './user.ts';

export { bootstrapUser, type BootstrapUser } from './bootstrap.ts';

/** Users and groups: who they are, whether they are who they say, and what they belong to. */
export const identity = module<IdentityDeps>({
  name: 'identity',
  tables: identityTables,
  operations: [...userOperations, ...groupOperations],
  deps: identityDeps,
  close: ({ passwords }) => passwords.close(),
  listen(bus, deps) {
    answer(bus, authenticate, (attempt) => authenticateUser(attempt, deps));
    answer(bus, subjectOf, (asked) => subjectOfToken(asked, deps));
    answer(bus, federationStands, (asked) => federationOfToken(asked, deps));
    answer(bus, groupsOf, ({ user_id }) => groupsOfUser(user_id, deps));
    answer(bus, namesOf, (asked) => namesOfAll(asked, deps));
    answer(bus, membersOf, ({ group_ids }) => membersOfGroups(group_ids, deps));
  },
});
