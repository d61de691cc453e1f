import { hash, parseOptions, verify } from '@node-rs/bcrypt';
import { createHmac } from 'node:crypto';
import { BCRYPT_BYTES } from './length.ts';
import type { PasswordOptions } from './options.ts';
import { malformed, readNumber } from './scheme.ts';
import type { Scheme } from './scheme.ts';

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

const WELL_FORMED = /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/;

const verifyBcrypt = async (password: Uint8Array, stored: string): Promise<boolean> => {
  if (!WELL_FORMED.test(stored)) return malformed();
  try {
    parseOptions(stored);
  } catch {
    return malformed(); // a cost that is out of range
  }
  return verify(password.subarray(0, BCRYPT_BYTES), stored);
};

/**
 * bcrypt over the password itself. The letters behind `$2` name historical programs, not other hashes: Python's bcrypt
 * computes the same for all of them, and refuses the bare `$2$` that it lists.
 */
export const bcrypt: Scheme = {
  idents: ['$2$', '$2a$', '$2b$', '$2x$', '$2y$'],
  verify: verifyBcrypt,
  hash: (password, options, random) =>
    hash(password.subarray(0, BCRYPT_BYTES), { cost: costOf(options), salt: random(16), version: '2b' }),
  decoy: (options, random) =>
    `$2b$${String(costOf(options)).padStart(2, '0')}$${bcrypt64(random(16))}${bcrypt64(random(23))}`,
};

/** passlib's version 2: bcrypt over a keyed digest of the whole password; the key is the salt as text. */
const digest = (password: Uint8Array, salt: string): Buffer =>
  Buffer.from(createHmac('sha256', salt).update(password).digest('base64'));

const PARTS = /^\$bcrypt-sha256\$(?<parameters>[^$]*)\$(?<salt>[./A-Za-z0-9]{22})\$(?<checksum>[./A-Za-z0-9]{31})$/;

export const bcryptSha256: Scheme = {
  idents: ['$bcrypt-sha256$'],
  verify: async (password, stored) => {
    const { parameters = '', salt = '', checksum = '' } = PARTS.exec(stored)?.groups ?? malformed();
    const named = Object.fromEntries(parameters.split(',').map((part) => part.split('=', 2)));
    // Version 1 (`2b,12`) was another digest and names no `r`; Python does not read it any more either.
    // Python does not pad a one-digit cost, so that its own hashes of fewer than 10 rounds never verify there.
    const cost = String(readNumber(named['r'])).padStart(2, '0');
    return verifyBcrypt(digest(password, salt), `$${named['t']}$${cost}$${salt}${checksum}`);
  },
  hash: async (password, options, random) => {
    const cost = costOf(options);
    const salt = bcrypt64(random(16));
    const prefix = `$2b$${String(cost).padStart(2, '0')}$`;
    const hashed = await hash(digest(password, salt), { salt: prefix + salt });
    return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${hashed.slice(prefix.length + salt.length)}`;
  },
  decoy: (options, random) =>
    `$bcrypt-sha256$v=2,t=2b,r=${costOf(options)}$${bcrypt64(random(16))}$${bcrypt64(random(23))}`,
};
