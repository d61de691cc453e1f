import { StatementError, type Database } from '@keystone/database';
import { badRequest } from '@keystone/errors';
import type { EntityManager } from 'typeorm';

const UNSTORABLE = 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD';

/**
 * A transaction that changes something a client described. Python's columns on MySQL hold no characters beyond three
 * bytes, an emoji for instance; Python fails on one, here the client is told.
 * @throws 400
 */
export const writing =
  (database: Database) =>
  <T>(work: (tx: EntityManager) => Promise<T>): Promise<T> =>
    database.transaction(work).catch((error: unknown) => {
      if (!(error instanceof StatementError) || error.code !== UNSTORABLE) throw error;
      return badRequest('The request holds characters that the database cannot store.');
    });
