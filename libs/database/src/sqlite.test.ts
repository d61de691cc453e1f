import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase, type Database, type DatabaseOptions } from './database.ts';
import { testPlace } from './testing.ts';

const undo: (() => Promise<void> | void)[] = [];
let file: string;
let database: Database;

const open = async (options: Partial<DatabaseOptions> = {}): Promise<Database> => {
  const opened = await openDatabase({ kind: 'sqlite', file }, { entities: [], ...options });
  undo.push(() => opened.close());
  return opened;
};

beforeEach(async () => {
  const { url, remove } = await testPlace('sqlite');
  undo.push(remove);
  file = (url as { file: string }).file;
  database = await open();
  await database.manager.query('CREATE TABLE counter (id text primary key, value int)');
  await database.manager.query(`INSERT INTO counter VALUES ('a', 0)`);
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

const increment = (on: Database) =>
  on.transaction(async (tx) => {
    const [{ value }] = await tx.query(`SELECT value FROM counter WHERE id = 'a'`);
    await turn();
    await tx.query(`UPDATE counter SET value = ? WHERE id = 'a'`, [value + 1]);
  });

const valueOf = async (id: string) =>
  (await database.manager.query('SELECT value FROM counter WHERE id = ?', [id]))[0]?.value;

test('transactions started at once run one after the other', async () => {
  await Promise.all(Array.from({ length: 30 }, () => increment(database)));
  expect(await valueOf('a')).toBe(30);
});

test('a statement does not slip into the transaction of another, whose end would take it along', async () => {
  const inside = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const undone = database.transaction(async (tx) => {
    await tx.query(`INSERT INTO counter VALUES ('inside', 1)`);
    inside.resolve();
    await end.promise;
    throw new Error('undone');
  });
  await inside.promise;
  const outside = database.manager.query(`INSERT INTO counter VALUES ('outside', 1)`);
  await turn();
  end.resolve();
  await expect(undone).rejects.toThrow('undone');
  await outside;
  expect([await valueOf('inside'), await valueOf('outside')]).toEqual([undefined, 1]);
});

test('a read does not wait for a transaction, and sees what was committed', async () => {
  await database.transaction(async (tx) => {
    await tx.query(`UPDATE counter SET value = 9`);
    expect(await valueOf('a')).toBe(0);
  });
  expect(await valueOf('a')).toBe(9);
});

test('a write around the transaction one is in is a mistake that is told, and the file stays usable', async () => {
  const around = database.transaction(() => database.manager.query('UPDATE counter SET value = 9'));
  await expect(around).rejects.toThrow('Inside a transaction every statement goes through the manager');
  await increment(database);
  expect(await valueOf('a')).toBe(1);
});

test('two processes on one file wait for each other', async () => {
  const other = await open();
  await Promise.all([database, other].flatMap((one) => Array.from({ length: 5 }, () => increment(one))));
  expect(await valueOf('a')).toBe(10);
});

test('a file that stays locked is 503, and usable when it is free again', async () => {
  const other = new DatabaseSync(file);
  undo.push(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const impatient = await open({ pause: async () => {} });
  await expect(increment(impatient)).rejects.toMatchObject({ status: 503, message: /busy/ });
  await expect(impatient.manager.query('UPDATE counter SET value = 9')).rejects.toMatchObject({ status: 503 });
  expect(await valueOf('a')).toBe(0);
  other.exec('ROLLBACK');
  await increment(impatient);
  expect(await valueOf('a')).toBe(1);
});

test('who waits too long for another’s transaction is told 503, and those behind still get their turn', async () => {
  const impatient = await open({ acquireTimeout: 50 });
  const end = Promise.withResolvers<void>();
  const long = impatient.transaction(() => end.promise);
  await expect(increment(impatient)).rejects.toMatchObject({ status: 503, message: /busy/ });
  const next = increment(impatient);
  end.resolve();
  await Promise.all([long, next]);
  expect(await valueOf('a')).toBe(1);
});

test('foreign keys hold, and files are in WAL mode', async () => {
  expect(await database.manager.query('PRAGMA foreign_keys')).toMatchObject([{ foreign_keys: 1 }]);
  expect(await database.manager.query('PRAGMA journal_mode')).toMatchObject([{ journal_mode: 'wal' }]);
});

test('a file that another is using just now is opened as it is', async () => {
  const place = await testPlace('sqlite');
  undo.push(place.remove);
  file = (place.url as { file: string }).file;
  const other = new DatabaseSync(file);
  other.exec('CREATE TABLE t (x); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)');
  const opened = await open();
  other.exec('COMMIT');
  other.close();
  expect(await opened.manager.query('SELECT x FROM t')).toMatchObject([{ x: 1 }]);
});

test('memory is enough for a database', async () => {
  file = ':memory:';
  const memory = await open();
  await memory.manager.query('CREATE TABLE t (x)');
  await Promise.all([
    memory.transaction((tx) => tx.query('INSERT INTO t VALUES (1)')),
    memory.manager.query('INSERT INTO t VALUES (2)'),
  ]);
  expect(await memory.manager.query('SELECT x FROM t ORDER BY x')).toMatchObject([{ x: 1 }, { x: 2 }]);
});
