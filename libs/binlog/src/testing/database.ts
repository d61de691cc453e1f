import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { ServerAddress } from '../index.ts';

/** A server whose binlog is on, and an account that may do everything; undefined where there is none. */
export const mysqlUrl: string | undefined = process.env['KTS_TEST_MYSQL_URL'];
if (!mysqlUrl && process.env['CI']) throw new Error('KTS_TEST_MYSQL_URL names no MariaDB server');

export interface TestDatabase {
  /** How the binlog of it is reached by an account that may just do that. */
  server: ServerAddress;
  /** Runs statements on one connection of the account that may do everything. */
  run(statements: string): Promise<unknown>;
  remove(): Promise<void>;
}

/** An empty database of its own. */
export async function testDatabase(
  grants = ['REPLICATION SLAVE, BINLOG MONITOR ON *.*', 'SELECT ON {database}.*'],
): Promise<TestDatabase> {
  const url = new URL(mysqlUrl ?? '');
  const name = `kts_test_${randomBytes(6).toString('hex')}`;
  const account = `'${name}'@'%'`;
  const address = { host: url.hostname, port: Number(url.port || 3306) };
  const connection = await createConnection({
    ...address,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    multipleStatements: true,
  });
  const run = async (statements: string) => (await connection.query(statements))[0];
  await run(`CREATE DATABASE ${name} CHARACTER SET utf8mb4; CREATE USER ${account} IDENTIFIED BY 'feed'; USE ${name}`);
  for (const grant of grants) await run(`GRANT ${grant.replace('{database}', name)} TO ${account}`);
  return {
    server: { ...address, user: name, password: 'feed', database: name },
    run,
    async remove() {
      await run(`DROP DATABASE IF EXISTS ${name}; DROP USER ${account}`);
      await connection.end();
    },
  };
}
