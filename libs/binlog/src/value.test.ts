import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBinlog, type Row } from './index.ts';
import { mysqlUrl, testDatabase, type TestDatabase } from './testing/database.ts';

const read = {
  flag: ['tinyint(1)', '-1', -1],
  small: ['smallint', '-300', -300],
  medium: ['mediumint', '-70000', -70_000],
  whole: ['int', '-2147483648', -2_147_483_648],
  big: ['bigint', '1789000000123', 1_789_000_000_123],
  huge: ['bigint', '-9007199254740993', '-9007199254740993'],
  word: ['varchar(64)', `'Zoë'`, 'Zoë'],
  long_word: ['varchar(300)', `'日本'`, '日本'],
  fixed: ['char(5)', `'ab'`, 'ab'],
  wide: ['char(255) CHARACTER SET utf8mb4', `REPEAT('😀', 100)`, '😀'.repeat(100)],
  prose: ['text', `REPEAT('x', 70)`, 'x'.repeat(70)],
  tall: ['longtext', `'t'`, 't'],
  kind: [`enum('UserProject', 'it''s')`, `'it''s'`, "it's"],
  day: ['date', `'2026-11-23'`, '2026-11-23'],
  zero_day: ['date', `NULL`, null],
  moment: ['datetime', `'2026-11-23 20:21:32'`, '2026-11-23 20:21:32'],
  early: ['datetime', `'1000-01-01 00:00:00'`, '1000-01-01 00:00:00'],
  exact: ['datetime(6)', `'2026-02-03 04:05:06.000789'`, '2026-02-03 04:05:06.000789'],
  less_exact: ['datetime(3)', `'2026-02-03 04:05:06.5'`, '2026-02-03 04:05:06.500'],
  stamp: ['timestamp NULL', `'2026-11-23 20:21:32'`, '2026-11-23 20:21:32'],
} as const;

/** Types that nobody asks for, in between: what they take must be known. */
const PASSED = [
  ['decimal(1,0)', '7'],
  ['decimal(20,9)', '12345678901.123456789'],
  ['decimal(65,30)', '-1.5'],
  ['float', '1.5'],
  ['double', '1.5'],
  ['bit(1)', `b'1'`],
  ['bit(20)', `b'1010'`],
  ['year', '2026'],
  ['time', `'-12:34:56'`],
  ['time(6)', `'12:34:56.123456'`],
  [`set('a','b','c')`, `'a,c'`],
  ['binary(16)', `'xyz'`],
  ['varbinary(300)', `'xyz'`],
  ['blob', `REPEAT('b', 300)`],
  ['mediumblob', `REPEAT('b', 70000)`],
  ['json', `'{"a": [1, 2]}'`],
  ['point', 'POINT(1, 2)'],
  ['timestamp(4) NULL', `'2026-11-23 20:21:32'`],
  ['text COMPRESSED', `REPEAT('c', 400)`],
  ['varchar(400) COMPRESSED', `REPEAT('c', 300)`],
  ['uuid', `'3e11fa47-71ca-11e1-9e33-c80aa9429562'`],
  ['inet6', `'::1'`],
] as const;

describe.skipIf(!mysqlUrl)('values', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.remove());

  test('of every type are read, or passed over, as the server wrote them', async () => {
    const table = `t_${randomBytes(4).toString('hex')}`;
    const names = Object.keys(read) as (keyof typeof read)[];
    const columns = names.flatMap((name, index) => {
      const [type, value] = read[name];
      const [passedType, passedValue] = PASSED[index % PASSED.length] as (typeof PASSED)[number];
      const more = PASSED.slice(names.length)[index] ?? ['int', 'NULL'];
      return [
        [`p${index}`, passedType, passedValue],
        [name, type, value],
        [`q${index}`, more[0], more[1]],
      ] as const;
    });
    await database.run(
      `SET SESSION time_zone = '+00:00'; CREATE TABLE ${table} (${columns.map(([name, type]) => `${name} ${type}`).join(', ')})`,
    );
    const told: (Row | null)[] = [];
    const binlog = await openBinlog(
      { server: database.server, tables: { [table]: { columns: names } }, from: null },
      ({ changes }) => void told.push(...changes.map(({ after }) => after)),
    );
    await database.run(`INSERT INTO ${table} VALUES (${columns.map(([, , value]) => value).join(', ')})`);
    await binlog.reach((await binlog.glance()).end);
    binlog.close();
    expect(told).toEqual([Object.fromEntries(names.map((name) => [name, read[name][2]]))]);
  });
});
