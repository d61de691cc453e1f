import type { Logger, QueryRunner } from 'typeorm';
import { failureOf, type StatementError } from './failure.ts';
import { persist, type Pause } from './retry.ts';

/** Runs a statement, measured, traced or both. It sees the text with `?` for the values. */
export type Observe = <T>(sql: string, run: () => Promise<T>) => Promise<T>;

export interface Guards {
  observe: Observe;
  pause: Pause;
  /** Told of a failure before it is tried again or thrown: a broken connection is to be parted from. */
  onFailure?(runner: QueryRunner, error: unknown): void;
}

const nothing = (): void => undefined;

/** TypeORM's own logger prints slow and failed statements with their values, password hashes among them. */
export const silent: Logger = {
  logQuery: nothing,
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
  logMigration: nothing,
  log: nothing,
};

export const isRead = (sql: string): boolean => /^\s*select\b/i.test(sql);

// A change outside a transaction may have been made before its connection broke, so only a read is asked again.
const repeatable =
  (sql: string) =>
  ({ kind }: StatementError): boolean =>
    kind === 'collision' || (kind === 'lost' && isRead(sql));

/**
 * The one seam: every statement of TypeORM, whoever's, passes here. Errors become ours; a statement on its own is
 * repeated here, one of a transaction only with the whole of it. A runner pinned to its connection
 * (`data.pinned`) repeats nothing, for what it holds there, a named lock, would be lost without a word.
 */
export const guard = <Runner extends QueryRunner>(runner: Runner, { observe, pause, onFailure }: Guards): Runner => {
  const plain = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;

  const attempt = (sql: string, rest: unknown[]) =>
    observe(sql, async () => {
      try {
        return await plain(sql, ...rest);
      } catch (error) {
        const failure = failureOf(error, sql);
        onFailure?.(runner, failure);
        throw failure;
      }
    });

  const query = (sql: string, ...rest: unknown[]) =>
    runner.isTransactionActive || runner.data['pinned']
      ? attempt(sql, rest)
      : persist(() => attempt(sql, rest), repeatable(sql), pause);

  return Object.assign(runner, { query });
};
