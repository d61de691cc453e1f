import { randomBytes, randomUUID } from 'node:crypto';
import { natsBus, on, type Bus } from '@keystone/bus';
import { feedChanges, feedTables, type FeedEvent } from '@keystone/contracts';
import { layDownSchema, openDatabase } from '@keystone/database';
import { followFeed, type Feed } from '@keystone/feed';
import { logger } from '@keystone/telemetry';
import { createConnection } from 'mysql2/promise';
import { startChangeFeed, type ChangeFeed } from '../index.ts';
import { proxyTo, type Proxy } from './proxy.ts';

/** The servers; undefined where there are none, which is a failure on CI. */
export const servers =
  process.env['KTS_TEST_MYSQL_URL'] && process.env['KTS_TEST_NATS_URL']
    ? { mysql: process.env['KTS_TEST_MYSQL_URL'], nats: process.env['KTS_TEST_NATS_URL'] }
    : undefined;
if (!servers && process.env['CI']) throw new Error('KTS_TEST_MYSQL_URL and KTS_TEST_NATS_URL name no servers');

export const clock = (): number => performance.now();

export type Values = Record<string, unknown>;

/** A follower that notes what it is told, and its way to NATS. */
export interface Follower extends Feed {
  bus: Bus;
  nats: Proxy;
  /** The ids of all roles that were told of, with one word for each reset in between. */
  roles: string[];
  tables: string[];
  /** Why it had to forget. */
  resets: string[];
}

export interface Publisher extends ChangeFeed {
  nats: Proxy;
  mysql: Proxy;
}

/** A database with Keystone's schema, and a cloud of its own on NATS. */
export interface World {
  name: string;
  /** Runs statements, all on one connection. */
  run(statements: string, values?: unknown[]): Promise<Values[]>;
  addRole(id: string): Promise<void>;
  publisher(grants?: string[]): Promise<Publisher>;
  follower(): Promise<Follower>;
  bus(port?: number): Promise<Bus>;
  /** All that is published from now on. */
  overhear(): Promise<FeedEvent[]>;
  log: string[];
  close(): Promise<void>;
}

const GRANTS = ['REPLICATION SLAVE, BINLOG MONITOR ON *.*', 'SELECT ON {database}.*'];

export async function world(): Promise<World> {
  const closing: (() => unknown)[] = [];
  const mysqlUrl = new URL(servers?.mysql ?? '');
  const natsUrl = new URL(servers?.nats ?? '');
  const name = `kts_test_${randomBytes(6).toString('hex')}`;
  const admin = {
    host: mysqlUrl.hostname,
    port: Number(mysqlUrl.port),
    user: decodeURIComponent(mysqlUrl.username),
    password: decodeURIComponent(mysqlUrl.password),
  };
  const connection = await createConnection({ ...admin, multipleStatements: true });
  const run: World['run'] = async (statements, values) => (await connection.query(statements, values))[0] as Values[];
  await run(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const database = await openDatabase({ kind: 'mysql', ...admin, database: name }, { entities: [] });
  await layDownSchema(database);
  await database.close();
  await run(`USE ${name}; SET FOREIGN_KEY_CHECKS = 0`);
  closing.push(async () => {
    await run(`DROP DATABASE ${name}`);
    await connection.end();
  });

  const prefix = randomUUID();
  const log: string[] = [];
  let accounts = 0;

  const bus = async (port: number = Number(natsUrl.port)): Promise<Bus> => {
    const made = await natsBus({ servers: `nats://127.0.0.1:${port}`, prefix, service: 'test', drainTimeout: 200 });
    closing.push(made.drain);
    return made;
  };
  const way = async (url: URL): Promise<Proxy> => {
    const proxy = await proxyTo(url);
    closing.push(proxy.close);
    return proxy;
  };
  const account = async (grants: readonly string[]) => {
    const user = `${name}_${++accounts}`;
    await run(`CREATE USER ${user} IDENTIFIED BY 'feed'`);
    for (const grant of grants) await run(`GRANT ${grant.replace('{database}', name)} TO ${user}`);
    closing.push(() => run(`DROP USER ${user}`));
    return { user, password: 'feed' };
  };

  return {
    name,
    run,
    log,
    bus,
    addRole: async (id) => void (await run('INSERT INTO role (id, name) VALUES (?, ?)', [id, id])),
    async publisher(grants = GRANTS) {
      const [mysql, nats] = [await way(mysqlUrl), await way(natsUrl)];
      const server = { host: '127.0.0.1', port: mysql.port, database: name, ...(await account(grants)) };
      const feed = startChangeFeed({
        bus: await bus(nats.port),
        binlog: { server, tables: feedTables },
        clock,
        log: logger({ service: 'change-feed', level: 'debug', write: (line) => void log.push(line) }),
      });
      closing.push(feed.leave);
      return { ...feed, mysql, nats };
    },
    async follower() {
      const nats = await way(natsUrl);
      const own = await bus(nats.port);
      const feed = followFeed(own, { clock });
      closing.push(feed.close);
      const roles: string[] = [];
      const tables: string[] = [];
      const resets: string[] = [];
      feed.onReset((reason) => {
        roles.push('reset');
        resets.push(reason);
      });
      feed.onChanges((changes) => {
        tables.push(...changes.map(({ table }) => table));
        for (const { table, before, after } of changes)
          if (table === 'role') roles.push(String((after ?? before)?.['id']));
      });
      return { ...feed, bus: own, nats, roles, tables, resets };
    },
    async overhear() {
      const events: FeedEvent[] = [];
      on(await bus(), feedChanges, (event) => void events.push(event));
      return events;
    },
    async close() {
      for (const close of closing.reverse()) await close();
    },
  };
}
