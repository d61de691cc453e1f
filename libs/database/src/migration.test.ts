import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from './database.ts';
import { migrateOwn, type Migration } from './migration.ts';
import { testKinds, testPlace } from './testing.ts';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const both = (id: string, ...statements: string[]): Migration => ({
  id,
  up: { mysql: statements, sqlite: statements },
});
const first = both(
  '0001-lease',
  'CREATE TABLE IF NOT EXISTS kts_lease (id varchar(64) PRIMARY KEY, holder varchar(64))',
);
const second = both('0002-lease-row', `INSERT INTO kts_lease VALUES ('feed', NULL)`);

describe.each(testKinds)('on %s', (kind) => {
  const empty = async (): Promise<[Database, Database]> => {
    const { url, remove } = await testPlace(kind);
    undo.push(remove);
    const opened = await Promise.all([openDatabase(url, { entities: [] }), openDatabase(url, { entities: [] })]);
    for (const database of opened) undo.push(() => database.close());
    return opened;
  };
  const recorded = async ({ manager }: Database) =>
    (await manager.query('SELECT id, applied_at FROM kts_migration ORDER BY id')).map((row: object) => ({ ...row }));

  test('each migration is applied once, in order, and recorded', async () => {
    const [database] = await empty();
    const clock = () => new Date('2026-01-02T03:04:05Z');
    expect(await migrateOwn(database, [first], clock)).toEqual(['0001-lease']);
    expect(await migrateOwn(database, [first, second], clock)).toEqual(['0002-lease-row']);
    expect(await migrateOwn(database, [first, second], clock)).toEqual([]);
    const applied_at = kind === 'mysql' ? '2026-01-02 03:04:05' : '2026-01-02 03:04:05.000000';
    expect(await recorded(database)).toEqual([
      { id: '0001-lease', applied_at },
      { id: '0002-lease-row', applied_at },
    ]);
  });

  test('processes that start at once do not do it twice', async () => {
    const [one, two] = await empty();
    const applied = await Promise.all([one, two, one].map((database) => migrateOwn(database, [first, second])));
    expect(applied.flat()).toEqual(['0001-lease', '0002-lease-row']);
    expect(await one.manager.query('SELECT id FROM kts_lease')).toHaveLength(1);
  });

  test('one that fails is not recorded, keeps those after it back, and lets the next process in', async () => {
    const [one, two] = await empty();
    const broken = both('0002-lease-row', 'INSERT INTO kts_nowhere VALUES (1)');
    const third = both('0003', 'CREATE TABLE kts_third (id int)');
    await expect(migrateOwn(one, [first, broken, third])).rejects.toThrow('kts_nowhere');
    expect(await migrateOwn(two, [first, second, third])).toContain('0003');
    expect((await recorded(two)).map(({ id }: { id: string }) => id)).toEqual(['0001-lease', '0002-lease-row', '0003']);
  });

  test('two of one name are refused, and none at all is fine', async () => {
    const [database] = await empty();
    expect(() => migrateOwn(database, [first, first])).toThrow('Two migrations of one name');
    expect(await migrateOwn(database, [])).toEqual([]);
  });
});
