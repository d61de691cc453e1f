import type { Database } from '../database.ts';

type Rows = Record<string, string | number | null>[];

/**
 * All that a database is made of, and what stands in it, as sorted lines, so that two can be compared whoever made them.
 * What differs between versions of one server is left out (the display width of numbers). For tests.
 */
export const normalForm = async (database: Database): Promise<string> => {
  const ask = async (sql: string): Promise<string[]> =>
    ((await database.manager.query(sql)) as Rows).map((row) => Object.values(row).join(' '));
  const parts = database.kind === 'mysql' ? MYSQL : SQLITE;
  const described = (await Promise.all(parts.map(ask))).flat();
  const named = database.kind === 'sqlite' ? await constraints(database) : [];
  return (
    [...described, ...named]
      .sort()
      .concat(await content(database))
      .join('\n') + '\n'
  );
};

const NAMED = /CONSTRAINT (\w+) (UNIQUE|FOREIGN KEY|PRIMARY KEY) ?\(([^)]*)\)/g;

// SQLite keeps their names in the text of the statement only; Python's migrations go by them.
const constraints = async ({ manager }: Database): Promise<string[]> => {
  const tables: Rows = await manager.query(`SELECT name, sql FROM sqlite_master WHERE type = 'table'`);
  return tables.flatMap(({ name, sql }) =>
    [...String(sql).replaceAll(/[`"]/g, '').matchAll(NAMED)].map(
      (found) => `named ${name} ${found.slice(1).join(' ')}`,
    ),
  );
};

const content = async (database: Database): Promise<string[]> => {
  const names: Rows = await database.manager.query(TABLES[database.kind]);
  const lines = await Promise.all(
    names.map(async ({ name }) => {
      const rows: Rows = await database.manager.query(`SELECT * FROM \`${name}\``);
      return rows.map((row) => `row ${name} ${JSON.stringify(row)}`);
    }),
  );
  return lines.flat().sort();
};

const TABLES = {
  mysql: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  sqlite: `SELECT name FROM sqlite_master WHERE type = 'table'`,
};

const MYSQL = [
  `SELECT 'default charset', default_character_set_name FROM information_schema.schemata WHERE schema_name = DATABASE()`,
  `SELECT 'table', table_name, engine, table_collation FROM information_schema.tables WHERE table_schema = DATABASE()`,
  `SELECT 'column', CONCAT(table_name, '.', column_name), LPAD(ordinal_position, 2, '0'),
      REGEXP_REPLACE(column_type, '^((big)?int)\\\\([0-9]+\\\\)', '\\\\1'), IF(is_nullable = 'YES', 'null', 'not null'),
      CONCAT('default ', REPLACE(COALESCE(column_default, 'NULL'), '''', '')), COALESCE(collation_name, ''), extra
    FROM information_schema.columns WHERE table_schema = DATABASE()`,
  `SELECT 'key', CONCAT(table_name, '.', index_name), IF(non_unique, 'index', 'unique'),
      GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ', ')
    FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name, non_unique`,
  `SELECT 'foreign', CONCAT(used.table_name, '.', used.constraint_name),
      GROUP_CONCAT(used.column_name ORDER BY used.ordinal_position SEPARATOR ', '), 'references', used.referenced_table_name,
      GROUP_CONCAT(used.referenced_column_name ORDER BY used.ordinal_position SEPARATOR ', '), rules.delete_rule, rules.update_rule
    FROM information_schema.key_column_usage AS used
    JOIN information_schema.referential_constraints AS rules
      ON rules.constraint_schema = used.constraint_schema AND rules.constraint_name = used.constraint_name
        AND rules.table_name = used.table_name
    WHERE used.table_schema = DATABASE() AND used.referenced_table_name IS NOT NULL
    GROUP BY used.table_name, used.constraint_name, used.referenced_table_name, rules.delete_rule, rules.update_rule`,
];

const FROM_TABLES = `FROM sqlite_master AS tables`;

const SQLITE = [
  `SELECT 'column', tables.name || '.' || columns.name, printf('%02d', columns.cid), columns.type,
      iif(columns."notnull", 'not null', 'null'), 'default ' || coalesce(columns.dflt_value, 'NULL'), 'primary ' || columns.pk
    ${FROM_TABLES}, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`,
  `SELECT 'key', tables.name || '.' || iif(keys.origin = 'c', keys.name, keys.origin), iif(keys."unique", 'unique', 'index'),
      (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(keys.name) ORDER BY seqno))
    ${FROM_TABLES}, pragma_index_list(tables.name) AS keys WHERE tables.type = 'table'`,
  `SELECT 'foreign', tables.name, group_concat(links."from", ', '), 'references', links."table", group_concat(links."to", ', '),
      links.on_delete, links.on_update
    ${FROM_TABLES}, pragma_foreign_key_list(tables.name) AS links WHERE tables.type = 'table'
    GROUP BY tables.name, links.id, links."table", links.on_delete, links.on_update`,
];
