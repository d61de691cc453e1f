import type { QueryRunner } from 'typeorm';

// Illegal mix of collations: of two values, of three, of more.
const UNCOMPARABLE = new Set([1267, 1270, 1271]);

// A noncharacter: it fits into three bytes, and stands in no text.
const NOWHERE = '\uffff';

const withoutAstral = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/[\u{10000}-\u{10ffff}]/gu, NOWHERE) : value;

/**
 * Python's tables are utf8mb3. MariaDB refuses to look for what such a column cannot hold, an emoji in a name, where Python
 * and SQLite find nothing; so does, asked again for something as impossible, MariaDB. Changes that would store it still fail.
 */
export const findingNothing = (runner: QueryRunner): QueryRunner => {
  const plain = runner.query.bind(runner) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
  const query = async (sql: string, values?: unknown[], ...rest: unknown[]) => {
    try {
      return await plain(sql, values, ...rest);
    } catch (error) {
      const { errno = 0 } = error as { errno?: number };
      if (!UNCOMPARABLE.has(errno) || !values || !/^\s*(select|delete)\b/i.test(sql)) throw error;
      return plain(sql, values.map(withoutAstral), ...rest);
    }
  };
  return Object.assign(runner, { query });
};
