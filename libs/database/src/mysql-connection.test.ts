import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from './database.ts';
import type { DatabaseUrl } from './kind.ts';
import { testKinds, testPlace } from './testing.ts';

type MysqlUrl = Extract<DatabaseUrl, { kind: 'mysql' }>;

describe.runIf(testKinds.includes('mysql'))('on mysql', () => {
  let url: MysqlUrl;
  let database: Database;
  const undo: (() => Promise<void>)[] = [];

  const open = async (at: Partial<MysqlUrl> = {}) => {
    const opened = await openDatabase({ ...url, ...at }, { entities: [] });
    undo.push(() => opened.close());
    return opened;
  };
  beforeAll(async () => {
    const place = await testPlace('mysql');
    undo.push(place.remove);
    url = place.url as MysqlUrl;
    database = await open();
  });
  afterAll(async () => {
    for (const step of undo.reverse()) await step();
  });

  test('a wrong password is 503 at the start, with the reason for the log', async () => {
    const refused = openDatabase({ ...url, password: 'wr0ng' }, { entities: [] });
    await expect(refused).rejects.toMatchObject({ status: 503, detail: { reason: /ER_ACCESS_DENIED_ERROR/ } });
  });

  test('a URL that says utf8 does not make two halves of a long character', async () => {
    const older = await open({ charset: 'utf8' });
    await older.manager.query('CREATE TABLE name (name varchar(9)) CHARSET=utf8mb3');
    await expect(older.manager.query('INSERT INTO name VALUES (?)', ['😀'])).rejects.toThrow(
      /^ER_TRUNCATED_WRONG_VALUE/,
    );
    await older.manager.query('INSERT INTO name VALUES (?)', ['né']);
    expect(await database.manager.query('SELECT name FROM name')).toEqual([{ name: 'né' }]);
  });

  test('sessions are as strict as Python’s, and escapes work', async () => {
    const [{ mode }] = await database.manager.query('SELECT @@SESSION.sql_mode AS mode');
    expect(mode).toContain('TRADITIONAL');
    expect(mode).not.toContain('NO_BACKSLASH_ESCAPES');
  });
});
