import { timingSafeEqual } from 'node:crypto';
import type { PasswordOptions } from './options.ts';
import { malformed, readBase64, readNumber, writeBase64 } from './scheme.ts';
import type { Scheme } from './scheme.ts';

const DEFAULT_SALT_BYTES = 16;

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);

const saltBytes = ({ saltSize }: PasswordOptions): number => saltSize || DEFAULT_SALT_BYTES;

const SCRYPT_BYTES = 32;
/** Keystone fixes N at 2^16: `password_hash_rounds` is ignored. */
const SCRYPT_LOG_N = 16;
/** A stored hash must not be able to ask for all the memory there is. */
const SCRYPT_MEMORY = 2 ** 30;

interface ScryptCost {
  logN: number;
  r: number;
  p: number;
}

const scryptOptions = ({ logN, r, p }: ScryptCost) => {
  const N = 2 ** logN;
  // What OpenSSL counts against its limit, with some room; Node's own default of 32 MiB is too little for Keystone's.
  const maxmem = 128 * r * (N + p + 2) + 2 ** 20;
  return { N, r, p, maxmem, bytes: SCRYPT_BYTES };
};

const readCost = (parameters: string): ScryptCost => {
  const named = Object.fromEntries(parameters.split(',').map((part) => part.split('=', 2)));
  const cost = { logN: readNumber(named['ln']), r: readNumber(named['r']), p: readNumber(named['p']) };
  // RFC 7914, section 6: N < 2^(16 r), so that Keystone's N needs blocks of at least 2.
  const valid = cost.logN > 0 && cost.logN < 16 * cost.r && cost.p > 0;
  return valid && 128 * cost.r * (2 ** cost.logN + cost.p) <= SCRYPT_MEMORY ? cost : malformed();
};

const costOf = ({ scryptBlockSize, scryptParallelism }: PasswordOptions): ScryptCost => ({
  logN: SCRYPT_LOG_N,
  r: scryptBlockSize || 8,
  p: scryptParallelism || 1,
});

const scryptText = ({ logN, r, p }: ScryptCost, salt: Uint8Array, key: Uint8Array): string =>
  `$scrypt$ln=${logN},r=${r},p=${p}$${writeBase64(salt)}$${writeBase64(key)}`;

export const scrypt: Scheme = {
  // Python lists `$7$` too, and then cannot take such a hash apart; nor do we.
  idents: ['$scrypt$', '$7$'],
  verify: async (password, stored, run) => {
    const [, ident, parameters = '', salt, key, ...more] = stored.split('$');
    if (ident !== 'scrypt' || more.length > 0) return malformed();
    const expected = readBase64(key);
    return equal(await run('scrypt', password, readBase64(salt), scryptOptions(readCost(parameters))), expected);
  },
  hash: async (password, options, { run, random }) => {
    const salt = random(saltBytes(options));
    const cost = costOf(options);
    return scryptText(cost, salt, await run('scrypt', password, salt, scryptOptions(cost)));
  },
  decoy: (options, random) => scryptText(costOf(options), random(saltBytes(options)), random(SCRYPT_BYTES)),
};

const PBKDF2_BYTES = 64;
const DEFAULT_ITERATIONS = 25_000;

const pbkdf2Text = (rounds: number, salt: Uint8Array, key: Uint8Array): string =>
  `$pbkdf2-sha512$${rounds}$${writeBase64(salt)}$${writeBase64(key)}`;

export const pbkdf2: Scheme = {
  idents: ['$pbkdf2-sha512$'],
  verify: async (password, stored, run) => {
    const [, , rounds, salt, key, ...more] = stored.split('$');
    const iterations = readNumber(rounds);
    if (more.length > 0 || iterations < 1 || iterations >= 2 ** 31) return malformed();
    const expected = readBase64(key);
    return equal(
      await run('pbkdf2', password, readBase64(salt), { rounds: iterations, bytes: PBKDF2_BYTES }),
      expected,
    );
  },
  hash: async (password, options, { run, random }) => {
    const rounds = options.rounds || DEFAULT_ITERATIONS;
    const salt = random(saltBytes(options));
    return pbkdf2Text(rounds, salt, await run('pbkdf2', password, salt, { rounds, bytes: PBKDF2_BYTES }));
  },
  decoy: (options, random) =>
    pbkdf2Text(options.rounds || DEFAULT_ITERATIONS, random(saltBytes(options)), random(PBKDF2_BYTES)),
};
