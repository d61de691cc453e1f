import type { Database } from './database.ts';
import { tablesOf } from './describe.ts';
import { exclusive, type Run } from './exclusive.ts';
import { baseline, BASELINE_VERSIONS } from './schema/baseline.ts';
import { createTable } from './schema/ddl.ts';
import type { Kind } from './kind.ts';

/** Stands while the schema is being laid, for MySQL keeps what a process did before it died. */
const UNFINISHED = 'kts_schema_unfinished';

const ROOT_DOMAIN = '<<keystone.domain.root>>';

type State = 'empty' | 'unfinished' | 'present' | 'foreign';

const stateOf = async (run: Run, kind: Kind): Promise<State> => {
  const tables = await tablesOf(run, kind);
  if (tables.includes(UNFINISHED)) return 'unfinished';
  if (!tables.some((table) => !table.startsWith('kts_'))) return 'empty';
  if (!tables.includes('alembic_version')) return 'foreign';
  return (await run('SELECT version_num FROM alembic_version')).length > 0 ? 'present' : 'foreign';
};

/**
 * Makes all of Keystone's tables as Python 30.0.0's `keystone-manage db_sync` does, its version rows and the hidden root
 * domain included, so that a Python Keystone can take the database over and upgrade it.
 * @throws Error unless the database is empty (or an earlier attempt broke off)
 */
export const layDownSchema = (database: Database): Promise<void> =>
  exclusive(database, 'kts_schema', async (run) => {
    const state = await stateOf(run, database.kind);
    if (state === 'present' || state === 'foreign') throw new Error('The database is not empty: no schema laid down.');
    await layDown(run, database.kind);
  });

/**
 * As {@link layDownSchema}, but content with a schema that is there already.
 * @throws Error when there are tables which are not those of a Keystone since Yoga
 */
export const ensureSchema = (database: Database): Promise<'laid' | 'present'> =>
  exclusive(database, 'kts_schema', async (run) => {
    const state = await stateOf(run, database.kind);
    if (state === 'present') return state;
    if (state === 'foreign')
      throw new Error(
        'The database is not empty, and not that of a Keystone of Yoga or later: run db_sync there first.',
      );
    await layDown(run, database.kind);
    return 'laid';
  });

const layDown = async (run: Run, kind: Kind): Promise<void> => {
  for (const statement of statements(kind)) await run(statement);
};

const statements = (kind: Kind): string[] => [
  `CREATE TABLE IF NOT EXISTS ${UNFINISHED} (id int)`,
  'CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))',
  // Python's first migration sees to it, after alembic has made its own table.
  ...(kind === 'mysql' ? ['ALTER DATABASE DEFAULT CHARACTER SET utf8mb3'] : []),
  ...Object.entries(baseline).flatMap(([name, table]) => createTable(kind, name, table)),
  insert(kind, `project (id, name, extra, description, enabled, domain_id, parent_id, is_domain)`, [
    `('${ROOT_DOMAIN}', '${ROOT_DOMAIN}', '{}', '', 0, '${ROOT_DOMAIN}', NULL, 1)`,
  ]),
  insert(
    kind,
    'alembic_version (version_num)',
    BASELINE_VERSIONS.map((version) => `('${version}')`),
  ),
  `DROP TABLE ${UNFINISHED}`,
];

const insert = (kind: Kind, into: string, rows: string[]): string =>
  `INSERT ${kind === 'mysql' ? 'IGNORE' : 'OR IGNORE'} INTO ${into} VALUES ${rows.join(', ')}`;
