import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Binlog, type BinlogOptions, openBinlog, type Place, type RowChange, type Transaction } from './index.ts';
import { mysqlUrl, testDatabase, type TestDatabase } from './testing/database.ts';

const SCHEMA = `
  CREATE TABLE user (id varchar(64) PRIMARY KEY, name text, enabled tinyint(1), tries int, secret varchar(255));
  CREATE TABLE child (id int AUTO_INCREMENT PRIMARY KEY, user_id varchar(64),
    FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE);
  CREATE TABLE other (id int PRIMARY KEY)`;

const tables = {
  user: { columns: ['id', 'enabled'], quiet: ['tries'] },
  child: { columns: ['id', 'user_id'] },
  absent: { columns: ['id'] },
};

describe.skipIf(!mysqlUrl)('the binlog of a server', () => {
  let database: TestDatabase;
  const opened: Binlog[] = [];

  beforeEach(async () => {
    database = await testDatabase();
    await database.run(SCHEMA);
  });
  afterEach(async () => {
    for (const binlog of opened.splice(0)) {
      binlog.close();
      await binlog.ended;
    }
    await database.remove();
  });

  interface Followed extends Binlog {
    transactions: Transaction[];
    /** All that has been committed by now, of this database. */
    heard(): Promise<Transaction[]>;
    changes(): Promise<RowChange[]>;
  }

  async function follow(from: Place | null = null, more: Partial<BinlogOptions> = {}): Promise<Followed> {
    const transactions: Transaction[] = [];
    const options = { server: database.server, tables, from, ...more };
    const binlog = await openBinlog(options, (transaction) => transactions.push(transaction));
    opened.push(binlog);
    const heard = async () => {
      await binlog.reach((await binlog.glance()).end);
      // Other suites write to the same server.
      return transactions.filter(({ changes, reset }) => changes.length > 0 || reset !== null);
    };
    return { ...binlog, transactions, heard, changes: async () => (await heard()).flatMap(({ changes }) => changes) };
  }

  test('rows that come, change and go are told with the columns that were asked for, and no others', async () => {
    const binlog = await follow();
    await database.run(`
      INSERT INTO user VALUES ('u1', 'Ünal', 1, 0, 'hash'), ('u2', NULL, NULL, NULL, NULL);
      UPDATE user SET enabled = 0 WHERE id = 'u1';
      DELETE FROM user WHERE id = 'u2'`);
    expect(await binlog.changes()).toEqual([
      { table: 'user', before: null, after: { id: 'u1', enabled: 1 } },
      { table: 'user', before: null, after: { id: 'u2', enabled: null } },
      { table: 'user', before: { id: 'u1', enabled: 1 }, after: { id: 'u1', enabled: 0 } },
      { table: 'user', before: { id: 'u2', enabled: null }, after: null },
    ]);
  });

  test('a change of a column that was not asked for is a change, one of a quiet column is none', async () => {
    const binlog = await follow();
    await database.run(`
      INSERT INTO user VALUES ('u1', 'a', 1, 0, 'x');
      UPDATE user SET name = 'b';
      UPDATE user SET tries = tries + 1;
      UPDATE user SET tries = NULL`);
    const row = { id: 'u1', enabled: 1 };
    expect((await binlog.changes()).slice(1)).toEqual([{ table: 'user', before: row, after: row }]);
  });

  test('what is committed together is told together, and what is rolled back is not told', async () => {
    const binlog = await follow();
    await database.run(`
      START TRANSACTION; INSERT INTO user (id) VALUES ('gone'); ROLLBACK;
      START TRANSACTION; INSERT INTO user (id) VALUES ('u1'); SAVEPOINT here; INSERT INTO user (id) VALUES ('gone');
      ROLLBACK TO here; INSERT INTO child (user_id) VALUES ('u1'); COMMIT`);
    const [transaction, ...more] = await binlog.heard();
    expect(more).toEqual([]);
    expect(transaction?.changes).toEqual([
      { table: 'user', before: null, after: { id: 'u1', enabled: null } },
      { table: 'child', before: null, after: { id: 1, user_id: 'u1' } },
    ]);
  });

  test('nothing is told before it is committed', async () => {
    const binlog = await follow();
    await database.run(`START TRANSACTION; INSERT INTO user (id) VALUES ('u1')`);
    expect(await binlog.heard()).toEqual([]);
    await database.run('COMMIT');
    expect(await binlog.heard()).toHaveLength(1);
  });

  test('a row that a foreign key deletes is not told, only its parent', async () => {
    await database.run(`INSERT INTO user (id) VALUES ('u1'); INSERT INTO child (user_id) VALUES ('u1')`);
    const binlog = await follow();
    await database.run(`DELETE FROM user`);
    expect((await binlog.changes()).map(({ table }) => table)).toEqual(['user']);
  });

  test('other tables and other databases are nobody’s business', async () => {
    const binlog = await follow();
    const another = await testDatabase();
    await another.run(SCHEMA);
    await another.run(`INSERT INTO user (id) VALUES ('u1'); TRUNCATE other`);
    await another.remove();
    await database.run(`INSERT INTO other VALUES (1); ANALYZE TABLE user`);
    await database.run(`GRANT INSERT ON ${database.server.database}.* TO '${database.server.user}'@'%'`);
    expect(await binlog.heard()).toEqual([]);
  });

  test.each([
    ['TRUNCATE', 'TRUNCATE child', 'TRUNCATE'],
    ['DDL', 'ALTER TABLE user ADD COLUMN more int FIRST', 'ALTER TABLE'],
    ['a table made from a question', 'CREATE TABLE made AS SELECT * FROM user', 'CREATE TABLE'],
    ['DDL from elsewhere', 'USE mysql; DROP TABLE {database}.child', 'DROP TABLE'],
    ['a statement', `SET SESSION binlog_format = 'STATEMENT'; DELETE FROM user WHERE id = 'secret'`, 'DELETE'],
    [
      'a log without whole rows',
      `SET SESSION binlog_row_image = 'MINIMAL'; UPDATE user SET name = 'b' WHERE id = 'u1'`,
      'the log does not hold whole rows',
    ],
  ])('after %s anything may have changed', async (_what, statements, reason) => {
    await database.run(`INSERT INTO user (id, name) VALUES ('u1', 'a')`);
    const binlog = await follow();
    await database.run(statements.replace('{database}', database.server.database));
    const resets = (await binlog.heard()).map(({ reset }) => reset);
    expect(resets[0]).toContain(reason);
    expect(JSON.stringify(resets)).not.toContain('secret');
  });

  test('rows are read by the columns that the table has at that moment', async () => {
    const binlog = await follow();
    await database.run(`
      INSERT INTO user (id, enabled) VALUES ('u1', 1);
      ALTER TABLE user ADD COLUMN more varchar(20) DEFAULT 'x' FIRST;
      INSERT INTO user (id, enabled) VALUES ('u2', 1);
      ALTER TABLE user DROP COLUMN more, DROP COLUMN name;
      INSERT INTO user (id, enabled) VALUES ('u3', 1)`);
    const rows = (await binlog.changes()).map(({ after }) => after);
    // Those behind which the table has been altered once more may be unreadable by then: a reset stands there instead.
    expect(rows).toContainEqual({ id: 'u3', enabled: 1 });
    for (const row of rows) expect(row).toMatchObject({ id: expect.stringMatching(/^u\d$/) as string, enabled: 1 });
    const told = await binlog.heard();
    expect(told.filter(({ reset }) => reset?.startsWith('ALTER TABLE'))).toHaveLength(2);
  });

  test('a transaction of very many rows is told as a reset', async () => {
    const binlog = await follow();
    await database.run(`INSERT INTO user (id) SELECT seq FROM seq_1_to_6000`);
    expect(await binlog.heard()).toMatchObject([{ changes: [], reset: expect.stringContaining('5000') as string }]);
  });

  test('rows larger than a packet, and many at once, arrive whole', async () => {
    const binlog = await follow();
    await database.run(`ALTER TABLE user MODIFY name longtext`);
    await binlog.heard();
    const insert = `INSERT INTO user (id, name) VALUES ('big', REPEAT('x', 1000000))`;
    const grow = `UPDATE user SET name = CONCAT(name, name)`;
    await database.run(`${insert}; ${Array.from({ length: 4 }, () => grow).join('; ')}`);
    await database.run(`INSERT INTO child (user_id) SELECT 'big' FROM seq_1_to_4000`);
    const changes = await binlog.changes();
    expect(changes.filter(({ table }) => table === 'user')).toHaveLength(5);
    expect(changes.filter(({ table }) => table === 'child')).toHaveLength(4000);
  });

  test('a transaction shows only once it can be read', async () => {
    const binlog = await follow();
    await database.run(`INSERT INTO user (id) VALUES ('u1')`);
    const [transaction] = await binlog.heard();
    const { shows } = await binlog.glance();
    expect(shows(transaction as Transaction)).toBe(true);
    const later = { ...transaction, end: { file: transaction?.end.file, offset: 4_000_000_000 } } as Transaction;
    expect(shows(later)).toBe(false);
  });

  test('it goes on where it was left, over a new file of the log too', async () => {
    const first = await follow();
    await database.run(`INSERT INTO user (id) VALUES ('u1')`);
    const place = first.placeOf((await first.heard()).at(-1) as Transaction);
    first.close();
    expect(await first.ended).toMatchObject({ kind: 'lost' });
    await database.run(`INSERT INTO user (id) VALUES ('u2'); FLUSH BINARY LOGS; INSERT INTO user (id) VALUES ('u3')`);
    const second = await follow(place);
    expect(second.fresh).toBeNull();
    expect((await second.changes()).map(({ after }) => after?.['id'])).toEqual(['u2', 'u3']);
  });

  test('it goes on at the end of a log in which nothing has happened', async () => {
    const first = await follow();
    const again = await follow(first.begin);
    await database.run(`INSERT INTO user (id) VALUES ('u1')`);
    expect(await again.changes()).toHaveLength(1);
  });

  test.each([
    ['another server', { server: 'other/3306/2' }],
    ['another transaction at the place', { gtid: '0-1-1' }],
    ['a place within an event', { offset: 77 }],
    ['a place behind the end', { offset: 3_999_999_999 }],
    ['a file that is gone', { file: 'binlog.000000' }],
    ['a place whose transaction is not known', { gtid: null }],
  ])('it begins anew at the end with %s', async (_what, differing) => {
    const first = await follow();
    await database.run(`INSERT INTO user (id) VALUES ('u1')`);
    const place = first.placeOf((await first.heard()).at(-1) as Transaction) as Place;
    const second = await follow({ ...place, ...differing });
    expect(second.fresh).toEqual(expect.any(String));
    await database.run(`INSERT INTO user (id) VALUES ('u2')`);
    expect((await second.changes()).map(({ after }) => after?.['id'])).toEqual(['u2']);
  });

  test('when the server ends the stream, that is known at once', async () => {
    const binlog = await follow();
    const [{ id }] = (await database.run(
      `SELECT id FROM information_schema.processlist WHERE user = '${database.server.user}' AND command LIKE 'Binlog Dump%'`,
    )) as [{ id: number }];
    await database.run(`KILL ${id}`);
    expect(await binlog.ended).toMatchObject({ kind: 'lost' });
    await expect(binlog.reach({ file: 'binlog.999999', offset: 4 })).rejects.toMatchObject({ kind: 'lost' });
  });

  test.each([
    ['BINLOG MONITOR', ['REPLICATION SLAVE ON *.*', 'SELECT ON {database}.*']],
    ['REPLICATION SLAVE', ['BINLOG MONITOR ON *.*', 'SELECT ON {database}.*']],
    ['SELECT', ['REPLICATION SLAVE, BINLOG MONITOR ON *.*', 'CREATE ON {database}.*']],
  ])('without the grant %s it says so', async (grant, grants) => {
    const poor = await testDatabase(grants);
    await poor.run(SCHEMA);
    const failed = await openBinlog({ server: poor.server, tables, from: null }, () => undefined).then(
      ({ ended }) => ended,
      (error: unknown) => error,
    );
    await poor.remove();
    expect(failed).toMatchObject({ kind: 'setup', message: expect.stringContaining(grant) as string });
  });

  test('an empty database and a wrong password are told from a server that is away', async () => {
    await database.run('DROP TABLE child; DROP TABLE user');
    await expect(follow()).rejects.toMatchObject({
      kind: 'setup',
      message: expect.stringContaining('SELECT') as string,
    });
    await expect(follow(null, { server: { ...database.server, password: 'x' } })).rejects.toMatchObject({
      kind: 'setup',
    });
    await expect(follow(null, { server: { ...database.server, port: 1 } })).rejects.toMatchObject({ kind: 'lost' });
  });
});
