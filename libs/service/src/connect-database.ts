import { databaseUrl, type Config } from '@keystone/config';
import { openDatabase, type Database, type EntitySchema, type Observe } from '@keystone/database';
import { KeystoneError } from '@keystone/errors';
import type { Module } from '@keystone/module';
import { StartError } from './start-error.ts';

/** Tables that two modules claim would have two writers. */
function entitiesOf(modules: readonly Module[]): EntitySchema[] {
  const tables = modules.flatMap((module) => [...module.tables]);
  const names = tables.map((table) => table.options.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`table ${twice} stands in two modules`);
  return tables;
}

/**
 * The database that `[database] connection` names, with the tables of these modules.
 * @throws StartError where it cannot be reached; whoever keeps the process running starts it again
 */
export async function connectDatabase(
  { database }: Config,
  modules: readonly Module[],
  observe: Observe,
): Promise<Database> {
  const { connection, connection_parameters, max_pool_size } = database;
  const entities = entitiesOf(modules);
  try {
    const url = databaseUrl(connection ?? 'sqlite://', connection_parameters);
    return await openDatabase(url, { entities, poolSize: max_pool_size ?? 5, observe });
  } catch (error) {
    if (!(error instanceof KeystoneError)) throw error;
    throw new StartError(`[database] connection cannot be used: ${error.detail.reason ?? error.message}`, error);
  }
}
