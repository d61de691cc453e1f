import { isDuplicate, type Database } from '@keystone/database';
import { ROOT_DOMAIN } from './project.store.ts';
import { GLOBAL } from './role.store.ts';
import { query, sql, type Sql } from './sql.ts';

type Tx = Pick<Database, 'manager'>;

export interface AssignmentBootstrap {
  projectName: string;
  /** The role of the first administrator. */
  roleName: string;
  /** `[identity] default_domain_id` */
  defaultDomainId?: string;
  newId(): string;
}

/** Again, where somebody else has made the same at the same time: then it is there to be found. */
async function ensured<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const run = () => database.transaction((manager) => work({ manager }));
  try {
    return await run();
  } catch (error) {
    if (isDuplicate(error)) return run();
    throw error;
  }
}

const exists = async (tx: Tx, from: Sql): Promise<boolean> =>
  (await query(tx, sql`SELECT 1 AS found ${from}`)).length > 0;

interface Draft {
  id: string;
  name: string;
  domain_id: string;
  parent_id: string | null;
  description: string;
}

/** @returns its id, or that of the one which has the name already */
async function ensureProject(tx: Tx, { id, name, domain_id, parent_id, description }: Draft): Promise<string> {
  const [there] = await query<{ id: string }>(
    tx,
    sql`SELECT id FROM project WHERE id = ${id} OR name = ${name} AND domain_id = ${domain_id}`,
  );
  if (there) return there.id;
  const isDomain = domain_id === ROOT_DOMAIN ? 1 : 0;
  await query(
    tx,
    sql`INSERT INTO project (id, name, extra, description, enabled, domain_id, parent_id, is_domain)
    VALUES (${id}, ${name}, '{}', ${description}, 1, ${domain_id}, ${parent_id}, ${isDomain})`,
  );
  return id;
}

/** A role of no domain, immutable when it is made here. */
async function ensureRole(tx: Tx, name: string, id: string): Promise<string> {
  const [there] = await query<{ id: string }>(
    tx,
    sql`SELECT id FROM role WHERE name = ${name} AND domain_id = ${GLOBAL}`,
  );
  if (there) return there.id;
  await query(tx, sql`INSERT INTO role (id, name, extra, domain_id) VALUES (${id}, ${name}, '{}', ${GLOBAL})`);
  await query(tx, sql`INSERT INTO role_option (role_id, option_id, option_value) VALUES (${id}, 'IMMU', 'true')`);
  return id;
}

async function ensureImplied(tx: Tx, prior: string, implied: string): Promise<void> {
  const rule = sql`FROM implied_role WHERE prior_role_id = ${prior} AND implied_role_id = ${implied}`;
  if (await exists(tx, rule)) return;
  await query(tx, sql`INSERT INTO implied_role (prior_role_id, implied_role_id) VALUES (${prior}, ${implied})`);
}

/** Reader, member, manager and the administrator's, each implying the one before, and service beside them. */
async function ensureRoles(tx: Tx, { roleName, newId }: AssignmentBootstrap): Promise<string> {
  const reader = await ensureRole(tx, 'reader', newId());
  const member = await ensureRole(tx, 'member', newId());
  await ensureImplied(tx, member, reader);
  const manager = await ensureRole(tx, 'manager', newId());
  await ensureImplied(tx, manager, member);
  const admin = await ensureRole(tx, roleName, newId());
  await ensureImplied(tx, admin, manager);
  // Until 2023.2 there was no manager, and admin implied member itself.
  await query(tx, sql`DELETE FROM implied_role WHERE prior_role_id = ${admin} AND implied_role_id = ${member}`);
  await ensureRole(tx, 'service', newId());
  return admin;
}

/**
 * The default domain, a project and the roles that Keystone's policies speak of, made where they are missing
 * (cmd/bootstrap.py).
 * @returns their ids; of the roles the administrator's
 */
export const bootstrapAssignment = (
  database: Database,
  options: AssignmentBootstrap,
): Promise<{ domainId: string; projectId: string; roleId: string }> =>
  ensured(database, async (tx) => {
    const { defaultDomainId: domainId = 'default', projectName, newId } = options;
    const description = 'The default domain';
    await ensureProject(tx, { id: domainId, name: 'Default', domain_id: ROOT_DOMAIN, parent_id: null, description });
    const projectId = await ensureProject(tx, {
      id: newId(),
      name: projectName,
      domain_id: domainId,
      parent_id: domainId,
      description: 'Bootstrap project for initializing the cloud.',
    });
    return { domainId, projectId, roleId: await ensureRoles(tx, options) };
  });

/** The role for the user, on the project and on the system. */
export const bootstrapGrants = (
  database: Database,
  { userId, projectId, roleId }: { userId: string; projectId: string; roleId: string },
): Promise<void> =>
  ensured(database, async (tx) => {
    const ensureGrant = async (table: Sql, type: string, target: string) => {
      const made = sql`type = ${type} AND actor_id = ${userId} AND target_id = ${target} AND role_id = ${roleId}`;
      if (await exists(tx, sql`FROM ${table} WHERE ${made} AND inherited = 0`)) return;
      await query(
        tx,
        sql`INSERT INTO ${table} (type, actor_id, target_id, role_id, inherited)
        VALUES (${type}, ${userId}, ${target}, ${roleId}, 0)`,
      );
    };
    await ensureGrant(sql`assignment`, 'UserProject', projectId);
    await ensureGrant(sql`system_assignment`, 'UserSystem', 'system');
  });
