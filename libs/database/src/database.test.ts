import { inspect } from 'node:util';
import { KeystoneError } from '@keystone/errors';
import { EntitySchema, In } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { column, key, nullable } from './column.ts';
import { openDatabase, type Database } from './database.ts';
import { isDuplicate, StatementError, violatesForeignKey } from './failure.ts';
import { testDatabase, testKinds } from './testing.ts';

const RegionTable = new EntitySchema<{ id: string; description: string; parent_region_id: string | null }>({
  name: 'region',
  columns: { id: key(column.text), description: column.text, parent_region_id: nullable(column.text) },
});

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('It did not fail.'),
    (error: unknown) => error,
  );

describe.each(testKinds)('on %s', (kind) => {
  let database: Database;
  const statements: string[] = [];
  beforeAll(async () => {
    const observe = async <T>(sql: string, run: () => Promise<T>): Promise<T> => {
      statements.push(sql);
      return run();
    };
    database = await testDatabase(kind, [RegionTable] as EntitySchema[], { observe });
  });
  afterAll(() => database.close());
  beforeEach(() => database.manager.query('DELETE FROM region'));

  const add = (id: string, manager = database.manager) => manager.insert(RegionTable, { id, description: '' });
  const ids = async () => (await database.manager.find(RegionTable)).map(({ id }) => id).sort();

  test('a transaction is all or nothing, and gives what the work gives', async () => {
    expect(await database.transaction(async (tx) => (await add('a', tx), 'done'))).toBe('done');
    const broken = database.transaction(async (tx) => {
      await add('b', tx);
      throw new Error('changed my mind');
    });
    await expect(broken).rejects.toThrow('changed my mind');
    expect(await ids()).toEqual(['a']);
  });

  test('the manager’s own transaction is the same one', () => {
    expect(database.manager.transaction).toBe(database.transaction);
  });

  test('what a transaction has not committed is not seen outside it, even by itself', async () => {
    await database.transaction(async (tx) => {
      await add('a', tx);
      expect(await tx.find(RegionTable)).toHaveLength(1);
      expect(await ids()).toEqual([]);
    });
    expect(await ids()).toEqual(['a']);
  });

  test('within a transaction the manager handed to it makes savepoints', async () => {
    await database.transaction(async (tx) => {
      await add('kept', tx);
      const inner = tx.transaction(async (nested) => {
        await add('undone', nested);
        throw new Error('inner');
      });
      await expect(inner).rejects.toThrow('inner');
    });
    expect(await ids()).toEqual(['kept']);
  });

  test('a transaction within a transaction is a mistake that is told, not one that waits for itself', async () => {
    const nested = database.transaction(() => database.transaction(async () => undefined));
    await expect(nested).rejects.toThrow('A transaction within a transaction');
    await add('a');
    expect(await ids()).toEqual(['a']);
  });

  test('what a transaction left running behind itself is no longer inside it', async () => {
    const later = Promise.withResolvers<void>();
    let behind: Promise<unknown> = Promise.resolve();
    await database.transaction(async () => {
      behind = later.promise.then(() => database.transaction((tx) => add('behind', tx)));
    });
    later.resolve();
    await behind;
    expect(await ids()).toEqual(['behind']);
  });

  test('a duplicate key and a violated foreign key are told apart', async () => {
    await add('a');
    const duplicate = await caught(add('a'));
    expect([isDuplicate(duplicate), violatesForeignKey(duplicate)]).toEqual([true, false]);
    const orphan = `INSERT INTO user_group_membership (user_id, group_id) VALUES ('nobody', 'nothing')`;
    const violation = await caught(database.manager.query(orphan));
    expect([isDuplicate(violation), violatesForeignKey(violation)]).toEqual([false, true]);
    const root = await caught(database.manager.query(`UPDATE project SET parent_id = 'nothing'`));
    expect(violatesForeignKey(root)).toBe(true);
    expect([isDuplicate(new Error('x')), violatesForeignKey(undefined)]).toEqual([false, false]);
  });

  test('a unique constraint beside the primary key counts as a duplicate too', async () => {
    const role = (id: string) =>
      database.manager.query(`INSERT INTO role (id, name, domain_id) VALUES (?, 'member', 'd')`, [id]);
    await role('1');
    expect(isDuplicate(await caught(role('2')))).toBe(true);
  });

  test('an error tells the statement, but none of its values', async () => {
    await add('s3cr3t');
    for (const error of [
      await caught(add('s3cr3t')),
      await caught(database.manager.query('SELECT ? FROM nowhere', ['s3cr3t'])),
      await caught(database.transaction((tx) => add('s3cr3t', tx))),
    ]) {
      expect(error).toBeInstanceOf(StatementError);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('s3cr3t');
      expect((error as Error).message).toMatch(/INSERT INTO|SELECT/);
    }
  });

  test('a value too long for its column is an error on MySQL, as for Python, and never cut', async () => {
    if (kind === 'mysql') expect(await caught(add('x'.repeat(256)))).toMatchObject({ code: 'ER_DATA_TOO_LONG' });
    else await add('x'.repeat(256));
    expect((await ids()).map((id) => id.length)).toEqual(kind === 'mysql' ? [] : [256]);
  });

  test('quotes, backslashes and other engines’ escapes in a value stay in the value', async () => {
    const values = [`'; DROP TABLE region; --`, '\\', `\\' OR 1=1 --`, '?', '\u0000', '%_', '¿\'"`'];
    for (const value of values) await database.manager.insert(RegionTable, { id: value, description: value });
    for (const id of values) expect(await database.manager.findOneBy(RegionTable, { id })).toMatchObject({ id });
    const rows = await database.manager.query('SELECT id FROM region WHERE id IN (?, ?)', [values[0], values[2]]);
    expect(rows).toHaveLength(2);
  });

  test('a character that the tables of MySQL cannot hold is looked for in vain, and never kept in another form', async () => {
    const emoji = 'né 😀';
    await add('né ?');
    const find = (ids: string[]) => database.manager.findBy(RegionTable, { id: In(ids) });
    expect(await database.manager.findOneBy(RegionTable, { id: emoji })).toBeNull();
    expect(await find([emoji, 'nobody'])).toEqual([]);
    expect(await find([emoji, 'né ?', 'a', 'b'])).toHaveLength(1);
    await database.manager.delete(RegionTable, { id: emoji });
    if (kind === 'mysql') expect(await caught(add(emoji))).toMatchObject({ kind: 'other' });
    expect(await ids()).toEqual(['né ?']);
  });

  test('every statement passes the observer, with a question mark for each value', async () => {
    statements.length = 0;
    await database.transaction((tx) => add('observed', tx));
    await database.ping();
    expect(statements.some((sql) => /^INSERT INTO .region.*VALUES \(\?, \?/.test(sql))).toBe(true);
    expect(statements.at(-2)).toBe('COMMIT');
    expect(statements.at(-1)).toBe('SELECT 1');
    expect(statements.join()).not.toContain('observed');
  });

  test('many at once are served', async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => database.transaction((tx) => add(`r${index}`, tx))));
    expect(await ids()).toHaveLength(50);
  });
});

test('a database that is not there is 503 with the reason for the log', async () => {
  const nowhere = { kind: 'mysql', host: '127.0.0.1', port: 1, user: 'u', password: 's3cr3t', database: 'd' } as const;
  const error = await caught(openDatabase(nowhere, { entities: [] }));
  expect(error).toBeInstanceOf(KeystoneError);
  expect(error).toMatchObject({ status: 503, detail: { reason: 'ECONNREFUSED in: connect' } });
  expect(inspect(error, { depth: 9 })).not.toContain('s3cr3t');
  const folder = openDatabase({ kind: 'sqlite', file: '/dev/null/keystone.sqlite' }, { entities: [] });
  await expect(folder).rejects.toMatchObject({ status: 503 });
});
