import { randomUUID } from 'node:crypto';
import { bootstrapAssignment, bootstrapGrants } from '@keystone/assignment';
import { bootstrapCatalog } from '@keystone/catalog';
import { bootstrapUser } from '@keystone/identity';
import type { Context } from '@keystone/module';

export interface BootstrapOptions {
  username: string;
  password: string;
  projectName: string;
  roleName: string;
  serviceName: string;
  regionId: string | null;
  publicUrl: string | null;
  internalUrl: string | null;
  adminUrl: string | null;
}

export const newId = () => randomUUID().replaceAll('-', '');

/**
 * The least that a cloud needs to be logged in to, made where it is missing and left alone where it is not
 * (`keystone-manage bootstrap`): domain, project, roles, admin user with his grants, region, identity service.
 */
export async function bootstrap({ database, config, clock }: Context, options: BootstrapOptions): Promise<void> {
  const made = { newId, now: clock() };
  const { domainId, projectId, roleId } = await bootstrapAssignment(database, {
    ...options,
    ...made,
    defaultDomainId: config().identity.default_domain_id,
  });
  const userId = await bootstrapUser(database, config(), { ...options, ...made, domainId });
  await bootstrapGrants(database, { userId, projectId, roleId });
  await bootstrapCatalog(database, { ...options, ...made });
}
