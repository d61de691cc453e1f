import type { PasswordOptions } from './options.ts';
import type { Run } from './slow.ts';

/** Unpredictable bytes, as many as asked. */
export type Random = (size: number) => Uint8Array;

export interface HashingMeans {
  run: Run;
  random: Random;
}

/** One way of hashing, over bytes that are cut already. What takes time is left to `run`. */
export interface Scheme {
  /** What a hash of this kind begins with, up to and including the second `$`. */
  readonly idents: readonly string[];
  /** @throws MalformedHash where the hash cannot be taken apart */
  verify(password: Uint8Array, hash: string, run: Run): Promise<boolean>;
  hash(password: Uint8Array, options: PasswordOptions, means: HashingMeans): Promise<string>;
  /** A hash of the same cost that fits no password: everything but the salt is drawn by lot. */
  decoy(options: PasswordOptions, random: Random): string;
}

/** A stored hash with a known beginning that cannot be taken apart. The message does not show it. */
export class MalformedHash extends Error {
  constructor() {
    super('The stored password hash is malformed.');
    this.name = 'MalformedHash';
  }
}

export const malformed = (): never => {
  throw new MalformedHash();
};

const DECIMAL = /^\d{1,10}$/;

/** A number in a hash; Python's `int()` reads more, nobody writes it. */
export const readNumber = (text: string | undefined): number =>
  text !== undefined && DECIMAL.test(text) ? Number(text) : malformed();

/** Base64 without padding, as passlib writes it: today with `+`, formerly with `.` in its place. */
export const readBase64 = (text: string | undefined): Buffer => {
  if (text === undefined || !/^[A-Za-z0-9+/.]*$/.test(text) || text.length % 4 === 1) return malformed();
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
};

export const writeBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');
