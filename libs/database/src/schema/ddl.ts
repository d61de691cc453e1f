import type { Kind } from '../kind.ts';
import type { Table } from './table.ts';

const KEY =
  /^(?<name>\w*) ?\((?<columns>[\w, ]+)\)(?: references (?<table>\w+) \((?<target>[\w, ]+)\)(?<actions>.*))?$/;

interface Key {
  name: string;
  columns: string;
  table: string;
  target: string;
  actions: string;
}

// Backquotes are MySQL's own, and SQLite understands them.
const quoted = (names: string): string =>
  names
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(', ');

const parse = (key: string): Key => {
  const { name = '', columns = '', table = '', target = '', actions = '' } = KEY.exec(key)?.groups ?? {};
  if (!columns) throw new Error(`Not a key: ${key}`);
  return {
    name,
    columns: quoted(columns),
    table: quoted(table),
    target: quoted(target),
    actions: actions.toUpperCase(),
  };
};

const constraint = ({ name }: Key): string => (name ? `CONSTRAINT ${quoted(name)} ` : '');

const unique = (key: Key): string => `${constraint(key)}UNIQUE (${key.columns})`;

const foreign = (key: Key): string =>
  `${constraint(key)}FOREIGN KEY (${key.columns}) REFERENCES ${key.table} (${key.target})${key.actions}`;

const columnTypes: Record<Kind, (spec: string) => string> = {
  mysql: (spec) => spec.replace(/^serial$/, 'int not null auto_increment').replace(/^boolean/, 'tinyint(1)'),
  sqlite: (spec) =>
    spec
      .replace(/^(\S+)/, sqliteType)
      .replace('default', 'DEFAULT')
      .replace('not null', 'NOT NULL'),
};

// SQLAlchemy's Enum is a VARCHAR as wide as its longest value where the engine has no ENUM.
const sqliteType = (type: string): string => {
  if (type === 'serial') return 'INTEGER NOT NULL';
  const values = /^enum\((.*)\)$/.exec(type)?.[1]?.split(',');
  if (values) return `VARCHAR(${Math.max(...values.map((value) => value.length - 2))})`;
  return type.replace(/^int$/, 'integer').toUpperCase();
};

/** The statements that make a table with its keys; each may be repeated where an earlier attempt broke off. */
export const createTable = (kind: Kind, name: string, table: Table): string[] => {
  const indexes = (table.index ?? []).map(parse);
  const own = kind === 'mysql' ? (table.mysqlIndex ?? []).map(parse) : [];
  const lines = [
    ...Object.entries(table.columns).map(([column, spec]) => `${quoted(column)} ${columnTypes[kind](spec)}`),
    `PRIMARY KEY (${quoted(table.primary)})`,
    ...[...(table.unique ?? []), ...((kind === 'sqlite' && table.sqliteUnique) || [])].map(parse).map(unique),
    ...[...(table.foreign ?? []), ...((kind === 'sqlite' && table.sqliteForeign) || [])].map(parse).map(foreign),
  ];
  if (kind === 'sqlite')
    return [
      `CREATE TABLE IF NOT EXISTS ${quoted(name)} (${lines.join(', ')})`,
      ...indexes.map((key) => `CREATE INDEX IF NOT EXISTS ${quoted(key.name)} ON ${quoted(name)} (${key.columns})`),
    ];
  const keys = [...indexes, ...own].map((key) => `KEY ${quoted(key.name)} (${key.columns})`);
  return [
    `CREATE TABLE IF NOT EXISTS ${quoted(name)} (${[...lines, ...keys].join(', ')}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3`,
  ];
};
