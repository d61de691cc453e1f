import { badRequest } from '@keystone/errors';

/**
 * Python's models refuse a text that is longer than its column, whatever the schema of the request let through
 * (common/sql/core.py, initialize).
 * @param length in characters
 * @throws 400
 */
export function fits(column: string, value: string, length: number): void {
  if (Array.from(value).length <= length) return;
  badRequest(
    `String length exceeded. The length of string '${value}' exceeds the limit of column ${column}(CHAR(${length})).`,
  );
}
