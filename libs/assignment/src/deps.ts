import type { Bus } from '@keystone/bus';
import type { Config } from '@keystone/config';
import type { Context } from '@keystone/module';
import { effectiveStore, type EffectiveStore } from './effective.store.ts';
import { projectStore, type ProjectStore } from './project.store.ts';
import { resolver, type Resolver } from './resolve.store.ts';
import { grantStore, type GrantStore } from './role-assignment.store.ts';
import { roleStore, type RoleStore } from './role.store.ts';
import { trustStore, type TrustStore } from './trust.store.ts';

export interface AssignmentDeps {
  bus: Bus;
  config(): Config;
  projects: ProjectStore;
  roles: RoleStore;
  grants: GrantStore;
  effective: EffectiveStore;
  trusts: TrustStore;
  resolve: Resolver;
}

export function assignmentDeps({ database, bus, config }: Context): AssignmentDeps {
  const resolve = resolver(database);
  return {
    bus,
    config,
    projects: projectStore(database),
    roles: roleStore(database),
    grants: grantStore(database),
    effective: effectiveStore(database, resolve),
    trusts: trustStore(database),
    resolve,
  };
}
