/** What is told of an SQL statement: never its values. */
export interface Statement {
  /** `SELECT user`: few enough to name spans and metrics by. */
  name: string;
  verb: string;
  table: string;
  text: string;
}

const VERBS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'BEGIN', 'START', 'COMMIT', 'ROLLBACK', 'SAVEPOINT'];
const TABLE = /\b(?:from|into|update|join)\s+(?:[`"]?\w+[`"]?\.)?[`"]?(\w+)[`"]?/i;
const LITERAL = /'(?:[^'\\]|\\.|'')*'|\bx'[0-9a-f]*'|\b0x[0-9a-f]+\b|(?<![\w$@:?])-?\d+(?:\.\d+)?\b/gi;

/** Statements are few and repeat; those that do not shall not fill the memory. */
const MOST = 1_000;
const known = new Map<string, Statement>();

export function statement(sql: string): Statement {
  const found = known.get(sql);
  if (found) return found;
  const described = describe(sql);
  if (known.size >= MOST) known.clear();
  known.set(sql, described);
  return described;
}

function describe(sql: string): Statement {
  const first = /^\W*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
  const verb = VERBS.includes(first) ? first : 'OTHER';
  const table = TABLE.exec(sql)?.[1]?.toLowerCase() ?? '';
  return { name: table ? `${verb} ${table}` : verb, verb, table, text: sql.replace(LITERAL, '?') };
}
