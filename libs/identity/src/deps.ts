import type { Config } from '@keystone/config';
import type { Context } from '@keystone/module';
import { hashingThreads, type HashingThreads } from '@keystone/password';
import type { Log } from '@keystone/telemetry';
import type { Circumstances } from './account.ts';
import { authenticationStore, type AuthenticationStore } from './authentication.store.ts';
import { bearerStore, type BearerStore } from './bearer.store.ts';
import { federationStore, type FederationStore } from './federation.store.ts';
import { groupStore, type GroupStore } from './group.store.ts';
import { directoryStore, type DirectoryStore } from './directory.store.ts';
import { decoys, hashingLimits } from './password-options.ts';
import { subjectStore, type SubjectStore } from './subject.store.ts';
import { userStore, type UserStore } from './user.store.ts';

export interface IdentityDeps {
  config(): Config;
  /** Milliseconds since the epoch. */
  now(): number;
  log: Log;
  passwords: HashingThreads;
  /** A hash that fits no password, as costly as the configuration's. */
  decoy(config: Config): string;
  subjects: SubjectStore;
  bearers: BearerStore;
  federations: FederationStore;
  authentications: AuthenticationStore;
  users: UserStore;
  groups: GroupStore;
  directory: DirectoryStore;
}

export const identityDeps = ({ config, clock, log, database }: Context): IdentityDeps => ({
  config,
  now: clock,
  log,
  passwords: hashingThreads(
    () => hashingLimits(config()),
    (error) => log.error('a thread that hashes passwords ended by itself', { error }),
  ),
  decoy: decoys(),
  subjects: subjectStore(database),
  bearers: bearerStore(database),
  federations: federationStore(database),
  authentications: authenticationStore(database),
  users: userStore(database),
  groups: groupStore(database),
  directory: directoryStore(database),
});

export const circumstances = ({ config, now }: Pick<IdentityDeps, 'config' | 'now'>): Circumstances => ({
  config: config(),
  now: now(),
});
