import { KeystoneError } from '@keystone/errors';

/**
 * A token that is no good. As X-Auth-Token it makes its bearer anonymous; as X-Subject-Token or auth method it is a 404.
 * Python repeats the token's text in one of its messages; ours never does.
 */
export class TokenNotFound extends KeystoneError {
  constructor(message = 'Failed to validate token') {
    super(404, message);
    this.name = 'TokenNotFound';
  }
}

/** @param reason why, for the log; the client reads only that he may not. */
export const forbidden = (reason: string): never => {
  throw new KeystoneError(403, 'You are not authorized to perform the requested action.', { reason });
};
