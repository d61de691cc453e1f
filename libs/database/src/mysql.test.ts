import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, type Database, type DatabaseOptions } from './database.ts';
import type { DatabaseUrl } from './kind.ts';
import { testKinds, testPlace } from './testing.ts';
import { wire } from './wire.ts';

type MysqlUrl = Extract<DatabaseUrl, { kind: 'mysql' }>;

describe.runIf(testKinds.includes('mysql'))('on mysql', () => {
  let url: MysqlUrl;
  let database: Database;
  const undo: (() => Promise<void>)[] = [];

  const open = async (options: Partial<DatabaseOptions> = {}, at: Partial<MysqlUrl> = {}) => {
    const opened = await openDatabase({ ...url, ...at }, { entities: [], ...options });
    undo.push(() => opened.close());
    return opened;
  };

  beforeAll(async () => {
    const place = await testPlace('mysql');
    undo.push(place.remove);
    url = place.url as MysqlUrl;
    database = await open();
    await database.manager.query('CREATE TABLE counter (id varchar(8) primary key, value int not null) ENGINE=InnoDB');
  });
  afterAll(async () => {
    for (const step of undo.reverse()) await step();
  });
  beforeEach(async () => {
    await database.manager.query(`REPLACE INTO counter VALUES ('a', 0), ('b', 0)`);
  });

  const values = async (on = database) =>
    (await on.manager.query('SELECT value FROM counter ORDER BY id')).map(({ value }: { value: number }) => value);
  const connectionOf = async (on: Pick<Database['manager'], 'query'>): Promise<number> =>
    (await on.query('SELECT CONNECTION_ID() AS id'))[0].id;
  const kill = (id: number) => database.manager.query(`KILL CONNECTION ${id}`);
  /** The server raises the error with that number, whatever the statement. */
  const signal = (number: number) =>
    `SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = 'as the test wants it'`;

  test('two transactions that lock each other out both succeed', async () => {
    const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    let runs = 0;
    const swap = (first: string, second: string, mine: 0 | 1) =>
      database.transaction(async (tx) => {
        runs += 1;
        await tx.query('UPDATE counter SET value = value + 1 WHERE id = ?', [first]);
        both[mine].resolve();
        await Promise.all(both.map(({ promise }) => promise));
        await tx.query('UPDATE counter SET value = value + 1 WHERE id = ?', [second]);
      });
    await Promise.all([swap('a', 'b', 0), swap('b', 'a', 1)]);
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(await values()).toEqual([2, 2]);
  });

  test.each([1020, 1205, 1213])('a transaction undone by error %i runs again', async (number) => {
    let runs = 0;
    await database.transaction(async (tx) => {
      runs += 1;
      await tx.query(`UPDATE counter SET value = value + 1 WHERE id = 'a'`);
      if (runs < 3) await tx.query(signal(number));
    });
    expect([runs, ...(await values())]).toEqual([3, 1, 0]);
  });

  test('one that collides again and again is 503', async () => {
    const patient = await open({ pause: async () => {} });
    const hopeless = patient.transaction((tx) => tx.query(signal(1213)));
    await expect(hopeless).rejects.toMatchObject({ status: 503, message: /busy/ });
    await expect(patient.manager.query(signal(1205))).rejects.toMatchObject({ status: 503 });
  });

  test('an idle connection that was killed is replaced without a word', async () => {
    const one = await open({ poolSize: 1 });
    const before = await connectionOf(one.manager);
    await kill(before);
    expect(await connectionOf(one.manager)).not.toBe(before);
    await kill(await connectionOf(one.manager));
    await one.transaction((tx) => tx.query(`UPDATE counter SET value = 1 WHERE id = 'a'`));
    expect(await values()).toEqual([1, 0]);
  });

  test('a transaction whose connection was killed under it runs again from its start', async () => {
    let runs = 0;
    await database.transaction(async (tx) => {
      runs += 1;
      await tx.query(`UPDATE counter SET value = value + 1 WHERE id = 'a'`);
      if (runs === 1) await kill(await connectionOf(tx));
      await tx.query(`UPDATE counter SET value = value + 1 WHERE id = 'b'`);
    });
    expect([runs, ...(await values())]).toEqual([2, 1, 1]);
  });

  test('a COMMIT that got no answer is not done twice, but 503', async () => {
    let runs = 0;
    const unknown = database.transaction(async (tx) => {
      runs += 1;
      await tx.query(`UPDATE counter SET value = value + 1 WHERE id = 'a'`);
      await kill(await connectionOf(tx));
    });
    await expect(unknown).rejects.toMatchObject({ status: 503 });
    expect(runs).toBe(1);
  });

  test('while the server is gone all is 503, and when it is back all is well', async () => {
    const line = await wire(url);
    undo.push(line.cut);
    const far = await open({ poolSize: 3 }, { host: '127.0.0.1', port: line.port });
    expect(await Promise.all([values(far), values(far), values(far)])).toHaveLength(3);
    await line.cut();
    for (const ask of [
      () => values(far),
      () => far.manager.query(`UPDATE counter SET value = 1`),
      () => far.transaction((tx) => tx.query('SELECT 1')),
      () => far.ping(),
    ])
      await expect(ask()).rejects.toMatchObject({ status: 503, message: /cannot be reached/ });
    await line.mend();
    expect(await values(far)).toEqual([0, 0]);
    await far.transaction((tx) => tx.query(`UPDATE counter SET value = 3`));
    expect(await values(far)).toEqual([3, 3]);
  });

  test('a read whose connection breaks is asked again, a change is not, for it may have been made', async () => {
    const line = await wire(url);
    undo.push(line.cut);
    const far = await open({ poolSize: 1 }, { host: '127.0.0.1', port: line.port });
    await far.ping();
    line.breakNext();
    expect(await values(far)).toEqual([0, 0]);
    line.breakNext();
    const change = far.manager.query('UPDATE counter SET value = value + 1');
    await expect(change).rejects.toMatchObject({ status: 503, message: /cannot be reached/ });
    expect(await values(far)).toEqual([0, 0]);
  });

  test('a server that does not answer is 503 in time, and its late answer goes to nobody', async () => {
    const line = await wire(url);
    undo.push(line.cut);
    const options = { poolSize: 1, statementTimeout: 200, acquireTimeout: 200, connectTimeout: 200 };
    const far = await open(options, { host: '127.0.0.1', port: line.port });
    line.hang(true);
    await expect(far.manager.query('SELECT 1 AS late')).rejects.toMatchObject({ status: 503 });
    await expect(far.ping()).rejects.toMatchObject({ status: 503 });
    line.hang(false);
    expect(await far.manager.query('SELECT 2 AS fresh')).toEqual([{ fresh: 2 }]);
  });

  test('when every connection is taken one waits, but not for ever', async () => {
    const one = await open({ poolSize: 1, acquireTimeout: 100 });
    const end = Promise.withResolvers<void>();
    const inside = Promise.withResolvers<void>();
    const long = one.transaction(async (tx) => {
      await tx.query('SELECT 1');
      inside.resolve();
      await end.promise;
    });
    await inside.promise;
    await expect(values(one)).rejects.toMatchObject({ status: 503, message: /busy/ });
    end.resolve();
    await long;
    expect(await values(one)).toEqual([0, 0]);
  });

  test.each([
    [1040, 'too many connections'],
    [1047, 'a Galera node without quorum'],
    [1290, 'a server that is read only'],
    [1836, 'a server in read only mode'],
    [1317, 'an interrupted statement'],
  ])('error %i, %s, is 503', async (number) => {
    await expect(database.manager.query(signal(number))).rejects.toMatchObject({ status: 503 });
    await expect(database.transaction((tx) => tx.query(signal(number)))).rejects.toMatchObject({ status: 503 });
  });

  test('a connection that turned out to be read only is not used again', async () => {
    const one = await open({ poolSize: 1 });
    const before = await connectionOf(one.manager);
    await expect(one.manager.query(signal(1290))).rejects.toMatchObject({ status: 503 });
    expect(await connectionOf(one.manager)).not.toBe(before);
  });
});
