/**
 * What kept a text from being read:
 * `text` it is no Fernet text at all; `key` no key given fits (look at the key repository again before saying no);
 * `version` a payload version this release does not know; `payload` a payload that is not as its version says.
 */
export type TokenErrorReason = 'text' | 'key' | 'version' | 'payload';

/** A token or receipt that cannot be read or written. The message never carries its text or what was in it. */
export class TokenError extends Error {
  readonly reason: TokenErrorReason;

  constructor(reason: TokenErrorReason, message: string) {
    super(message);
    this.name = 'TokenError';
    this.reason = reason;
  }
}

/** @param what the part that is wrong, never its value. */
export const malformed = (what: string): never => {
  throw new TokenError('payload', `The payload is malformed: ${what}.`);
};
