import { createHmac } from 'node:crypto';
import { BCRYPT_BYTES } from './length.ts';
import type { PasswordOptions } from './options.ts';
import { malformed, readNumber } from './scheme.ts';
import type { Scheme } from './scheme.ts';
import type { Run } from './slow.ts';

const DEFAULT_COST = 12;
const costOf = ({ rounds }: PasswordOptions): number => rounds || DEFAULT_COST;

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BCRYPT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** bcrypt's own base64: the same bits under another alphabet. */
const bcrypt64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('base64')
    .replaceAll('=', '')
    .replace(/./g, (digit) => BCRYPT[STANDARD.indexOf(digit)] ?? '');

/** bcrypt's own limits. */
const isCost = (cost: number) => Number.isInteger(cost) && cost >= 4 && cost <= 31;

const checkedCost = (options: PasswordOptions): number => {
  const cost = costOf(options);
  if (!isCost(cost)) throw new RangeError(`bcrypt takes 4 to 31 rounds, not ${cost}`);
  return cost;
};

const WELL_FORMED = /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/;

const verifyBcrypt = async (password: Uint8Array, stored: string, run: Run): Promise<boolean> => {
  if (!WELL_FORMED.test(stored) || !isCost(Number(stored.slice(4, 6)))) return malformed();
  return run('bcryptVerify', password.subarray(0, BCRYPT_BYTES), stored);
};

/**
 * bcrypt over the password itself. The letters behind `$2` name historical programs, not other hashes: Python's bcrypt
 * computes the same for all of them, and refuses the bare `$2$` that it lists.
 */
export const bcrypt: Scheme = {
  idents: ['$2$', '$2a$', '$2b$', '$2x$', '$2y$'],
  verify: verifyBcrypt,
  hash: async (password, options, { run, random }) =>
    // The library names its own program, `2y`; Python's name is `2b`.
    (await run('bcrypt', password.subarray(0, BCRYPT_BYTES), checkedCost(options), random(16))).replace(
      /^\$2y/,
      '$$2b',
    ),
  decoy: (options, random) =>
    `$2b$${String(costOf(options)).padStart(2, '0')}$${bcrypt64(random(16))}${bcrypt64(random(23))}`,
};

/** passlib's version 2: bcrypt over a keyed digest of the whole password; the key is the salt as text. */
const digest = (password: Uint8Array, salt: string): Buffer =>
  Buffer.from(createHmac('sha256', salt).update(password).digest('base64'));

const PARTS = /^\$bcrypt-sha256\$(?<parameters>[^$]*)\$(?<salt>[./A-Za-z0-9]{22})\$(?<checksum>[./A-Za-z0-9]{31})$/;

export const bcryptSha256: Scheme = {
  idents: ['$bcrypt-sha256$'],
  verify: async (password, stored, run) => {
    const { parameters = '', salt = '', checksum = '' } = PARTS.exec(stored)?.groups ?? malformed();
    const named = Object.fromEntries(parameters.split(',').map((part) => part.split('=', 2)));
    // Version 1 (`2b,12`) was another digest and names no `r`; Python does not read it any more either.
    // Python does not pad a one-digit cost, so that its own hashes of fewer than 10 rounds never verify there.
    const cost = String(readNumber(named['r'])).padStart(2, '0');
    return verifyBcrypt(digest(password, salt), `$${named['t']}$${cost}$${salt}${checksum}`, run);
  },
  hash: async (password, options, { run, random }) => {
    const cost = checkedCost(options);
    const bytes = random(16);
    const salt = bcrypt64(bytes);
    const hashed = await run('bcrypt', digest(password, salt), cost, bytes);
    return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${hashed.slice(-31)}`;
  },
  decoy: (options, random) =>
    `$bcrypt-sha256$v=2,t=2b,r=${costOf(options)}$${bcrypt64(random(16))}$${bcrypt64(random(23))}`,
};
