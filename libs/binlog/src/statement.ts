import { bytes } from './bytes.ts';
import { mariadbInflate } from './compressed.ts';

export interface Statement {
  database: string;
  text: string;
}

/** Query_log_event. @param compressed MariaDB's kind of it */
export function statementOf(body: Buffer, compressed: boolean): Statement {
  const fields = bytes(body, 8);
  const databaseLength = fields.u8();
  fields.u16();
  fields.take(fields.u16());
  const database = fields.text(databaseLength);
  fields.u8();
  const text = fields.rest();
  return { database, text: (compressed ? mariadbInflate(text) : text).toString() };
}

/**
 * What a statement does to the transaction it stands in: `harmless` changes no row, `other` may have changed any of what
 * it names.
 */
export type Role = 'begin' | 'commit' | 'nothing' | 'xa-commit' | 'harmless' | 'other';

const HARMLESS =
  /^(GRANT|REVOKE|SET PASSWORD|FLUSH|ANALYZE|OPTIMIZE|CREATE (DATABASE|SCHEMA)|(CREATE|ALTER|DROP|RENAME)( OR REPLACE)? (USER|ROLE))\b/i;

export function roleOf({ text }: Statement): Role {
  // Tools put a comment first, and the server keeps it.
  const plain = text.replace(/^(\s|\/\*[^!][\s\S]*?\*\/)+/, '').slice(0, 100);
  if (/^(BEGIN|START TRANSACTION|XA (START|BEGIN))\b/i.test(plain)) return 'begin';
  if (/^XA COMMIT\b/i.test(plain)) return 'xa-commit';
  if (/^(ROLLBACK TO|SAVEPOINT|RELEASE SAVEPOINT|XA (END|PREPARE))\b/i.test(plain)) return 'nothing';
  if (/^(COMMIT|ROLLBACK|XA ROLLBACK)\b/i.test(plain)) return 'commit';
  return HARMLESS.test(plain) ? 'harmless' : 'other';
}

/** Whether a statement can have to do with a database: run in it, or naming it. */
export const concerns = ({ database: within, text }: Statement, database: string): boolean =>
  within.toLowerCase() === database.toLowerCase() || text.toLowerCase().includes(database.toLowerCase());

/** The first words, for the log: never more, since values stand behind them. */
export const gist = ({ text }: Statement): string => (GIST.exec(text.trim())?.[0] ?? 'a statement').toUpperCase();

const GIST = /^[a-z]+(\s+(or|replace|temporary|unique))*(\s+(table|database|schema|index|view|trigger))?\b/i;
