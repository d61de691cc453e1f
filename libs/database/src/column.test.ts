import { EntitySchema, In, LessThan, MoreThanOrEqual } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { column, key, nullable } from './column.ts';
import type { Database } from './database.ts';
import { fold, unfold, type Row } from './extra.ts';
import { schemaDrift } from './schema/baseline.ts';
import { testDatabase, testKinds } from './testing.ts';
import { timeText, type UtcTime } from './time.ts';

interface User {
  id: string;
  enabled: boolean | null;
  domain_id: string;
  created_at: UtcTime | null;
  last_active_at: string | null;
}

const UserTable = new EntitySchema<Row<User>>({
  name: 'user',
  columns: {
    id: key(column.text),
    enabled: nullable(column.flag),
    domain_id: column.text,
    created_at: nullable(column.time),
    last_active_at: nullable(column.day),
    extra: nullable(column.text),
  },
});

interface Password {
  id: number;
  local_user_id: number;
  created_at: UtcTime;
  created_at_int: number;
  expires_at_int: number | null;
  self_service: boolean;
}

const PasswordTable = new EntitySchema<Password>({
  name: 'password',
  columns: {
    id: column.serial,
    local_user_id: column.integer,
    created_at: column.time,
    created_at_int: column.integer,
    expires_at_int: nullable(column.integer),
    self_service: column.flag,
  },
});

const OptionTable = new EntitySchema<{ role_id: string; option_id: string; option_value: unknown }>({
  name: 'role_option',
  columns: { role_id: key(column.text), option_id: key(column.text), option_value: nullable(column.json) },
});

const entities = [UserTable, PasswordTable, OptionTable] as EntitySchema[];
const AT = '2026-01-02T03:04:05.000000Z';
const LATER = '2026-01-02T03:04:06.000000Z';

describe.each(testKinds)('on %s', (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await testDatabase(kind, entities);
  });
  afterAll(() => database.close());

  const add = (id: string, more: Partial<Row<User>> = {}) =>
    database.manager.insert(UserTable, {
      id,
      enabled: true,
      domain_id: 'default',
      created_at: AT,
      last_active_at: '2026-02-28',
      extra: '{}',
      ...more,
    });

  test('flags, times and dates come back as they went', async () => {
    await add('plain');
    expect({ ...(await database.manager.findOneBy(UserTable, { id: 'plain' })) }).toEqual({
      id: 'plain',
      enabled: true,
      domain_id: 'default',
      created_at: AT,
      last_active_at: '2026-02-28',
      extra: '{}',
    });
  });

  test('nulls come back as nulls', async () => {
    await add('nulls', { enabled: null, created_at: null, last_active_at: null, extra: null });
    expect(await database.manager.findOneBy(UserTable, { id: 'nulls' })).toMatchObject({
      enabled: null,
      created_at: null,
      last_active_at: null,
      extra: null,
    });
  });

  test('a where compares what is stored', async () => {
    await add('first', { domain_id: 'where' });
    await add('second', { domain_id: 'where', created_at: LATER, enabled: false, last_active_at: '2026-03-01' });
    const ids = async (where: object) =>
      (await database.manager.findBy(UserTable, { domain_id: 'where', ...where })).map(({ id }) => id).sort();
    expect(await ids({ created_at: LessThan(LATER) })).toEqual(['first']);
    expect(await ids({ created_at: MoreThanOrEqual(AT) })).toEqual(['first', 'second']);
    expect(await ids({ created_at: In([LATER]) })).toEqual(['second']);
    expect(await ids({ created_at: AT })).toEqual(['first']);
    expect(await ids({ enabled: false })).toEqual(['second']);
    expect(await ids({ last_active_at: MoreThanOrEqual('2026-03-01') })).toEqual(['second']);
  });

  test('numbers are numbers, microseconds since 1970 included, and serials are given', async () => {
    await add('local', {});
    await database.manager.query(
      `INSERT INTO local_user (id, user_id, domain_id, name) VALUES (7, 'local', 'default', 'x')`,
    );
    const password = { local_user_id: 7, created_at: AT, created_at_int: 1_767_323_045_123_456, self_service: false };
    const { identifiers } = await database.manager.insert(PasswordTable, { ...password, expires_at_int: null });
    const id: unknown = identifiers[0]?.['id'];
    expect(id).toBeTypeOf('number');
    expect({ ...(await database.manager.findOneBy(PasswordTable, { local_user_id: 7 })) }).toEqual({
      ...password,
      id,
      expires_at_int: null,
    });
    const [raw] = await database.manager.query('SELECT created_at_int FROM password WHERE id = ?', [id]);
    expect(raw.created_at_int).toBe(password.created_at_int);
  });

  test('JSON holds any value, and characters beyond the table’s charset', async () => {
    await database.manager.query(`INSERT INTO role (id, name, domain_id) VALUES ('r', 'r', '<<null>>')`);
    for (const [index, value] of [true, null, 'né 😀', ['a', { b: 1 }]].entries()) {
      await database.manager.insert(OptionTable, {
        role_id: 'r',
        option_id: `O${index}`,
        option_value: value as object,
      });
      const found = await database.manager.findOneBy(OptionTable, { role_id: 'r', option_id: `O${index}` });
      expect(found?.option_value).toEqual(value);
    }
  });

  test('properties without a column are kept in extra, and never hide a column', async () => {
    const value = { id: 'extra', domain_id: 'd', enabled: true, email: 'né@😀', nothing: null, extra: { id: 'evil' } };
    await database.manager.insert(UserTable, fold(UserTable, value));
    const row = await database.manager.findOneByOrFail(UserTable, { id: 'extra' });
    expect(JSON.parse(row.extra ?? '')).toEqual({ email: 'né@😀', nothing: null });
    const { extra: _, ...kept } = value;
    expect(unfold(row)).toMatchObject(kept);
    expect(unfold({ ...row, extra: '{"id": "evil", "email": "e"}' })).toMatchObject({ id: 'extra', email: 'e' });
  });
});

test('times are written as SQLAlchemy does and read with all their decimals', () => {
  expect(timeText.to('2026-01-02T03:04:05.123456Z')).toBe('2026-01-02 03:04:05.123456');
  expect(timeText.to('2026-01-02T03:04:05.678Z')).toBe('2026-01-02 03:04:05.678000');
  expect(timeText.from('2026-01-02 03:04:05')).toBe('2026-01-02T03:04:05.000000Z');
  expect(timeText.from('2026-01-02 03:04:05.000001')).toBe('2026-01-02T03:04:05.000001Z');
  expect(() => timeText.to('2026-01-02T03:04:05+01:00')).toThrow(TypeError);
  expect(() => timeText.to('yesterdayZ')).toThrow(TypeError);
});

test('entities that differ from the schema are told', () => {
  expect(schemaDrift(entities)).toEqual([]);
  const wrong = new EntitySchema({
    name: 'user',
    columns: { id: nullable(key(column.text)), enabled: column.flag, nickname: column.text },
  });
  const none = new EntitySchema({ name: 'invoice', columns: { id: key(column.text) } });
  expect(schemaDrift([wrong, none])).toEqual([
    'user.id: may not be null',
    'user.enabled: may be null',
    'user.nickname: no such column',
    'invoice: no such table',
  ]);
});
