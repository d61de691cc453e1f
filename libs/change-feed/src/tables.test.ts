import { feedTables } from '@keystone/contracts';
import { baselineColumns } from '@keystone/database';
import { expect, test } from 'vitest';

const SECRET = /hash|secret|blob|value|verifier|^extra$|password|name|description|url|path|filters|rules/;

test('no column that travels holds a secret, or what somebody wrote', () => {
  const columns = Object.entries(feedTables).flatMap(([table, { columns }]) =>
    columns.map((name) => `${table}.${name}`),
  );
  expect(columns.filter((column) => SECRET.test(column.split('.')[1] ?? ''))).toEqual([]);
  expect(Object.keys(feedTables)).not.toContain('credential');
});

test('every table and column is one of Keystone’s', () => {
  for (const [table, { columns, quiet = [] }] of Object.entries(feedTables)) {
    const known = Object.keys(baselineColumns[table] ?? {});
    expect(known, table).toEqual(expect.arrayContaining([...columns, ...quiet]));
  }
});
