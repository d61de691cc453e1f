import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layDownSchema, openDatabase, type Database, type WatchedChange } from './index.ts';

const TABLES = {
  user: { columns: ['id', 'enabled'] },
  local_user: { columns: ['id', 'user_id'], quiet: ['failed_auth_count', 'failed_auth_at'] },
  role: { columns: ['id', 'not_there'] },
  not_there: { columns: ['id'] },
};

let folder: string;
let database: Database;
let told: WatchedChange[][];
let looks: boolean[];
let stop: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kts-watch-'));
  database = await open();
  await layDownSchema(database);
  [told, looks] = [[], []];
  stop =
    database.watch?.(TABLES, {
      changed: (changes) => void told.push(changes),
      looked: (byOthers) => void looks.push(byOthers),
    }) ?? expect.fail('SQLite is not watched');
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const open = () => openDatabase({ kind: 'sqlite', file: join(folder, 'keystone.sqlite') }, { entities: [] });
const run = (sql: string, values: unknown[] = []) => database.manager.query(sql, values);
const addUser = (id: string) => run('INSERT INTO user (id, domain_id, enabled) VALUES (?, ?, 1)', [id, 'd']);
const addDomain = () =>
  run(`INSERT INTO project (id, name, domain_id, is_domain) VALUES ('d', 'd', '<<keystone.domain.root>>', 1)`);
const row = (id: string, enabled = 1) => ({ id, enabled });

test('rows that come, change and go are told with the columns that were asked for', async () => {
  await addDomain();
  await addUser('u1');
  await run(`UPDATE user SET enabled = 0`);
  await run(`DELETE FROM user`);
  expect(told).toEqual([
    [{ table: 'user', before: null, after: row('u1') }],
    [{ table: 'user', before: row('u1'), after: row('u1', 0) }],
    [{ table: 'user', before: row('u1', 0), after: null }],
  ]);
});

test('what is committed together is told together when it is, and what is rolled back never', async () => {
  await addDomain();
  await database.transaction(async (tx) => {
    await tx.query(`INSERT INTO role (id, name) VALUES ('a', 'a')`);
    await tx.query(`INSERT INTO role (id, name) VALUES ('b', 'b')`);
    expect(told).toEqual([]);
  });
  const failed = database.transaction(async (tx) => {
    await tx.query(`INSERT INTO role (id, name) VALUES ('c', 'c')`);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  await expect(run(`INSERT INTO role (id, name) VALUES ('a', 'again')`)).rejects.toThrow();
  await run(`INSERT INTO role (id, name) VALUES ('d', 'd')`);
  const ids = told.map((changes) => changes.map(({ after }) => after));
  const role = (id: string) => ({ id, not_there: null });
  expect(ids).toEqual([[role('a'), role('b')], [role('d')]]);
});

test('a change of quiet columns is none, a row that a foreign key deletes is one', async () => {
  await addDomain();
  await addUser('u1');
  await run(`INSERT INTO local_user (user_id, domain_id, name) VALUES ('u1', 'd', 'one')`);
  told = [];
  await run(`UPDATE local_user SET failed_auth_count = 7`);
  expect(told).toEqual([]);
  await run(`UPDATE local_user SET name = 'other'`);
  await run(`DELETE FROM user`);
  const local = { id: 1, user_id: 'u1' };
  expect(told.flat()).toEqual(
    expect.arrayContaining([
      { table: 'local_user', before: local, after: local },
      { table: 'local_user', before: local, after: null },
      { table: 'user', before: row('u1'), after: null },
    ]),
  );
});

test('a row that is replaced is gone', async () => {
  await run(`INSERT INTO role (id, name) VALUES ('a', 'same')`);
  await run(`INSERT OR REPLACE INTO role (id, name, domain_id) VALUES ('b', 'same', '<<null>>')`);
  expect(told.flat().map(({ before, after }) => [before?.['id'], after?.['id']])).toEqual([
    [undefined, 'a'],
    ['a', undefined],
    [undefined, 'b'],
  ]);
});

test('that another process has written is seen, what this one writes is not taken for it', async () => {
  await run(`INSERT INTO role (id, name) VALUES ('a', 'a')`);
  const before = looks.length;
  await expect.poll(() => looks.length).toBeGreaterThan(before);
  expect(looks).not.toContain(true);
  const other = await open();
  await other.manager.query(`DELETE FROM role`);
  await other.close();
  await expect.poll(() => looks.filter(Boolean)).toEqual([true]);
  expect(told).toHaveLength(1);
});

test('after it is stopped nothing is told, and nothing of it is left', async () => {
  stop();
  await run(`INSERT INTO role (id, name) VALUES ('a', 'a')`);
  expect(told).toEqual([]);
  expect(await run(`SELECT * FROM temp.sqlite_master`)).toEqual([]);
});
