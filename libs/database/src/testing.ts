import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as mysql2 from 'mysql2/promise';
import type { EntitySchema } from 'typeorm';
import { openDatabase, type Database, type DatabaseOptions } from './database.ts';
import type { DatabaseUrl, Kind } from './kind.ts';
import { layDownSchema } from './lay-down.ts';

/**
 * The engines to test on: SQLite always, MySQL where `KTS_TEST_MYSQL_URL` names a server and a user with all rights on
 * databases `kts_%`, e.g. `mysql://kts:kts@127.0.0.1:3306`. In CI it must: there the tests fail without it.
 */
export const testKinds: readonly Kind[] =
  process.env['KTS_TEST_MYSQL_URL'] || process.env['CI'] ? ['sqlite', 'mysql'] : ['sqlite'];

/** An empty place of its own for one test, and its removal. */
export const testPlace = async (kind: Kind): Promise<{ url: DatabaseUrl; remove(): Promise<void> }> => {
  if (kind === 'mysql') return mysqlPlace();
  const folder = await mkdtemp(join(tmpdir(), 'kts-test-'));
  return {
    url: { kind, file: join(folder, 'keystone.sqlite') },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

const mysqlPlace = async () => {
  const text = process.env['KTS_TEST_MYSQL_URL'];
  if (!text) throw new Error('KTS_TEST_MYSQL_URL is not set, and in CI every test runs on MySQL too.');
  const { hostname, port, username, password, searchParams } = new URL(text);
  const socketPath = searchParams.get('socket');
  const server = {
    host: hostname,
    port: Number(port || 3306),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    ...(socketPath !== null && { socketPath }),
  };
  const database = `kts_test_${randomBytes(8).toString('hex')}`;
  const administer = async (statement: string) => {
    const connection = await mysql2.createConnection(server);
    await connection.query(statement);
    await connection.end();
  };
  await administer(`CREATE DATABASE ${database} CHARACTER SET utf8mb4`);
  return {
    url: { kind: 'mysql' as const, ...server, database },
    remove: () => administer(`DROP DATABASE IF EXISTS ${database}`),
  };
};

/** A database of its own with Keystone's schema laid down; `close` removes it. */
export const testDatabase = async (
  kind: Kind,
  entities: EntitySchema[],
  options: Partial<DatabaseOptions> = {},
): Promise<Database> => {
  const { url, remove } = await testPlace(kind);
  const database = await openDatabase(url, { ...options, entities });
  await layDownSchema(database);
  return { ...database, close: () => database.close().then(remove) };
};
