/**
 * One table of Keystone's, once for both engines.
 *
 * A column is `type [default 'x'] [not null]` in the words of SQL, where `serial` is a number the engine gives. A key is
 * `[name] (columns)`; one without a name is named by the server as it was for Python. Names and order are those that
 * Python's migrations leave.
 */
export interface Table {
  columns: Record<string, string>;
  primary: string;
  unique?: readonly string[];
  index?: readonly string[];
  /** `[name] (columns) references table (columns) [on delete …] [on update …]` */
  foreign?: readonly string[];
  /** What a dropped foreign key left behind on MySQL, which had to have an index for it. */
  mysqlIndex?: readonly string[];
  /** What migrations took away from MySQL and left on SQLite, which cannot drop a constraint. */
  sqliteUnique?: readonly string[];
  sqliteForeign?: readonly string[];
}

export type Tables = Record<string, Table>;
