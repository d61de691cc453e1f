/**
 * Why the binlog is not followed.
 * `setup`: the server or the account must be changed, the message says how. `position`: it cannot be followed from where
 * it was left. `lost`: the connection, for now.
 */
export type BinlogTrouble = 'setup' | 'position' | 'lost';

export class BinlogError extends Error {
  readonly kind: BinlogTrouble;

  constructor(kind: BinlogTrouble, message: string) {
    super(message);
    this.name = 'BinlogError';
    this.kind = kind;
  }
}
