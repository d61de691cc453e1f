import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '../database.ts';
import { describeSchema } from '../describe.ts';
import type { DatabaseUrl } from '../kind.ts';
import { ensureSchema, layDownSchema } from '../lay-down.ts';
import { testKinds, testPlace } from '../testing.ts';
import { baselineColumns } from './baseline.ts';
import { normalForm } from './normal-form.ts';

const python = process.env['KEYSTONE_PYTHON'];
const run = promisify(execFile);

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

describe.each(testKinds)('on %s', (kind) => {
  const empty = async (): Promise<{ url: DatabaseUrl; database: Database }> => {
    const { url, remove } = await testPlace(kind);
    undo.push(remove);
    const database = await openDatabase(url, { entities: [] });
    undo.push(() => database.close());
    return { url, database };
  };
  const pythons = `../../testdata/python-30.0.0.${kind}.txt`;

  test("the schema laid down is that of Python's migrations, rows included", async () => {
    const { database } = await empty();
    await layDownSchema(database);
    await expect(await normalForm(database)).toMatchFileSnapshot(pythons);
  });

  test('a database with anything in it is left alone', async () => {
    const { database } = await empty();
    await database.manager.query('CREATE TABLE invoice (id int)');
    await expect(layDownSchema(database)).rejects.toThrow('not empty');
    await expect(ensureSchema(database)).rejects.toThrow('not empty');
    expect([...(await describeSchema(database)).keys()]).toEqual(['invoice']);
  });

  test('our own tables do not keep the schema from being laid down, but a second time is refused', async () => {
    const { database } = await empty();
    await database.manager.query('CREATE TABLE kts_something (id int)');
    expect(await ensureSchema(database)).toBe('laid');
    expect(await ensureSchema(database)).toBe('present');
    await expect(layDownSchema(database)).rejects.toThrow('not empty');
  });

  test('several processes may start at once: one lays the schema down', async () => {
    const { url, database } = await empty();
    const other = await openDatabase(url, { entities: [] });
    undo.push(() => other.close());
    const outcomes = await Promise.all([database, other].map(ensureSchema));
    expect(outcomes.sort()).toEqual(['laid', 'present']);
    expect(await database.manager.query('SELECT id FROM project')).toHaveLength(1);
  });

  test('what a process left half-way is finished by the next', async () => {
    const { database } = await empty();
    await database.manager.query('CREATE TABLE kts_schema_unfinished (id int)');
    await database.manager.query('CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)');
    await database.manager.query(`INSERT INTO alembic_version VALUES ('742c857f1dfb')`);
    expect(await ensureSchema(database)).toBe('laid');
    expect(await database.manager.query('SELECT 1 FROM alembic_version')).toHaveLength(2);
    expect(await ensureSchema(database)).toBe('present');
  });

  test('describeSchema and the baseline name the same tables and columns', async () => {
    const { database } = await empty();
    await layDownSchema(database);
    const found = await describeSchema(database);
    found.delete('alembic_version');
    const columns = Object.fromEntries([...found].map(([table, names]) => [table, [...names].sort()]));
    const expected = Object.entries(baselineColumns).map(([table, names]) => [table, Object.keys(names).sort()]);
    expect(columns).toEqual(Object.fromEntries(expected));
  });

  describe.runIf(python)('beside Python', () => {
    /** Runs `keystone-manage` of the Python named by KEYSTONE_PYTHON on a database. */
    const manage = async (url: DatabaseUrl, ...words: string[]) => {
      const { url: folder, remove } = await testPlace('sqlite');
      undo.push(remove);
      const file = join(dirname((folder as { file: string }).file), 'keystone.conf');
      await writeFile(file, `[database]\nconnection = ${sqlalchemyUrl(url)}\n`);
      return run(join(dirname(python as string), 'keystone-manage'), ['--config-file', file, ...words]);
    };

    test('the kept description is what Python makes', async () => {
      const { url, database } = await empty();
      await manage(url, 'db_sync');
      await expect(await normalForm(database)).toMatchFileSnapshot(pythons);
    });

    test('Python finds nothing to do in a schema laid down by us', async () => {
      const { url, database } = await empty();
      await layDownSchema(database);
      const before = await normalForm(database);
      await manage(url, 'db_sync');
      // It exits with 0 only when every branch stands at its head.
      await manage(url, 'db_sync', '--check');
      expect(await normalForm(database)).toBe(before);
    });
  });
});

const sqlalchemyUrl = (url: DatabaseUrl): string =>
  url.kind === 'sqlite'
    ? `sqlite:///${url.file}`
    : `mysql+pymysql://${url.user}:${url.password}@${url.host}:${url.port}/${url.database}`;
