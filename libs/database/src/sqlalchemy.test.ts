import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EntitySchema } from 'typeorm';
import { describe, expect, test } from 'vitest';
import { column, key, nullable } from './column.ts';
import { openDatabase } from './database.ts';
import { fold, unfold, type Row } from './extra.ts';
import type { DatabaseUrl } from './kind.ts';
import { layDownSchema } from './lay-down.ts';
import { testKinds, testPlace } from './testing.ts';
import type { UtcTime } from './time.ts';

const AT = '2026-01-02T03:04:05.000000Z';

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

/** Keystone's own model: reads the user `ours`, writes `theirs`. */
const PROGRAM = `
import datetime, json, sys
import sqlalchemy as sql
from sqlalchemy.orm import Session
from keystone.identity.backends import sql_model
from keystone.resource.backends import sql_model as _
engine = sql.create_engine(sys.argv[1])
with Session(engine) as session:
    user = session.get(sql_model.User, 'ours')
    print(json.dumps({'enabled': user.enabled, 'created_at': user.created_at.isoformat(),
                      'last_active_at': user.last_active_at.isoformat(), 'extra': user.extra}))
    session.execute(sql.insert(sql_model.User.__table__).values(
        id='theirs', enabled=True, domain_id='d', extra={'email': 'ö@😀'}, last_active_at=datetime.date(2026, 2, 28),
        created_at=datetime.datetime(2026, 5, 6, 7, 8, 9, 123456)))
    session.commit()
`;

const python = async (url: DatabaseUrl): Promise<unknown> => {
  const address =
    url.kind === 'sqlite'
      ? `sqlite:///${url.file}`
      : `mysql+pymysql://${url.user}:${url.password}@${url.host}:${url.port}/${url.database}`;
  const { stdout } = await promisify(execFile)(process.env['KEYSTONE_PYTHON'] as string, ['-c', PROGRAM, address]);
  return JSON.parse(stdout);
};

describe.runIf(process.env['KEYSTONE_PYTHON'])('beside SQLAlchemy', () => {
  test.each(testKinds)('on %s it reads what we write, and we read what it writes', async (kind) => {
    const { url, remove } = await testPlace(kind);
    const own = await openDatabase(url, { entities: [UserTable] as EntitySchema[] });
    try {
      await layDownSchema(own);
      const row = { id: 'ours', enabled: false, domain_id: 'd', created_at: AT, last_active_at: '2026-02-28' };
      await own.manager.insert(UserTable, fold(UserTable, { ...row, email: 'né@😀' }));
      const told = await python(url);
      expect(told).toEqual({
        enabled: false,
        created_at: '2026-01-02T03:04:05',
        last_active_at: '2026-02-28',
        extra: { email: 'né@😀' },
      });
      const theirs = await own.manager.findOneByOrFail(UserTable, { id: 'theirs' });
      expect({ ...unfold<User>(theirs) }).toEqual({
        ...row,
        id: 'theirs',
        enabled: true,
        created_at: kind === 'sqlite' ? '2026-05-06T07:08:09.123456Z' : '2026-05-06T07:08:09.000000Z',
        email: 'ö@😀',
      });
    } finally {
      await own.close();
      await remove();
    }
  });
});
