import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';
import { cloudsIn, directory, freeAddress, logIn, run, start, tool, type Embedded } from './embedded.fixture.ts';

const python = tool('KEYSTONE_PYTHON');
const manage = (...args: string[]) => run(join(dirname(python ?? ''), 'keystone-manage'), args);

type Row = Record<string, unknown>;

const rowsOf = (database: DatabaseSync): Map<string, Row[]> => {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  return new Map(tables.map(({ name }) => [String(name), database.prepare(`SELECT * FROM "${String(name)}"`).all()]));
};

const KIND: Record<string, (row: Row) => unknown> = {
  role: ({ name }) => name,
  project: ({ name }) => name,
  local_user: ({ name }) => name,
  service: ({ type }) => type,
  endpoint: (row) => row['interface'],
};

/** Every table's rows with what each installation makes up for itself (ids, times, hashes) put into words. */
function comparable(file: string): Record<string, string[]> {
  const tables = rowsOf(new DatabaseSync(file, { readOnly: true }));
  const words = new Map<unknown, string>();
  for (const [table, word] of Object.entries(KIND)) {
    for (const row of tables.get(table) ?? []) words.set(row['user_id'] ?? row['id'], `${table} ${String(word(row))}`);
  }
  const inWords = (name: string, value: unknown): unknown => {
    if (typeof value === 'string' && value.length === 32 && words.has(value)) return words.get(value);
    if (name === 'extra') return JSON.parse(String(value));
    if (name === 'password_hash') return String(value).replace(/^(\$2b\$)\d\d\$.*/, '$1');
    if (/^created_at|^last_active_at/.test(name) && value !== null) return String(value).replaceAll(/\d/g, '0');
    return value;
  };
  const line = (row: Row) =>
    JSON.stringify(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, inWords(name, value)])));
  return Object.fromEntries([...tables].map(([table, rows]) => [table, rows.map(line).toSorted()]));
}

/** What `keystone-manage` makes of an empty database, with the keys of ours. */
async function bootstrapped(endpoint: string): Promise<string> {
  const folder = directory();
  const [config, database] = [join(folder, 'keystone.conf'), join(folder, 'keystone.db')];
  const ours = readFileSync(join(data, 'keystone.conf'), 'utf8');
  writeFileSync(config, ours.replace(join(data, 'keystone.db'), database));
  await manage('--config-file', config, 'db_sync');
  const urls = ['public', 'internal', 'admin'].flatMap((name) => [`--bootstrap-${name}-url`, endpoint]);
  const login = ['--bootstrap-password', 'secret', '--bootstrap-region-id', 'RegionOne'];
  await manage('--config-file', config, 'bootstrap', ...login, ...urls);
  return database;
}

let keystone: Embedded;
let data: string;

beforeAll(async () => {
  data = directory();
  keystone = await start({ data, bind: await freeAddress() });
});

test.runIf(python)(
  'the database is what keystone-manage db_sync and bootstrap make',
  { timeout: 180_000 },
  async () => {
    const theirs = comparable(await bootstrapped(`${keystone.url}/v3/`));
    const ours = comparable(join(data, 'keystone.db'));
    expect(theirs['endpoint']).toHaveLength(3);
    expect(ours).toEqual(theirs);
  },
);

test.runIf(python)('a Python Keystone runs on the same keystone.conf', { timeout: 180_000 }, async () => {
  const config = join(data, 'keystone.conf');
  expect(await manage('--config-file', config, 'db_sync', '--check')).toContain('All db_sync commands are upgraded');

  const answer = await logIn(cloudsIn(keystone.clouds).keystone);
  const token = answer.headers.get('x-subject-token') ?? '';
  const { token: body } = (await answer.json()) as { token: { audit_ids: string[] } };
  const script = join(import.meta.dirname, 'python.fixture.py');
  const { issued, ...valid } = JSON.parse(await run(python ?? '', [script, config, token])) as Record<string, unknown>;
  expect(valid).toEqual({
    user: 'admin',
    project: 'admin',
    roles: ['admin', 'manager', 'member', 'reader'],
    methods: ['password'],
    audit_ids: body.audit_ids,
  });
  const headers = { 'x-auth-token': token, 'x-subject-token': String(issued) };
  expect((await fetch(`${keystone.url}/v3/auth/tokens`, { headers })).status).toBe(200);
});
