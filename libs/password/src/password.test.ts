import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALGORITHMS, DEFAULT_OPTIONS, checkPassword, decoyHash, hashPassword, verifyPassword } from './index.ts';
import type { Algorithm, PasswordOptions } from './index.ts';
import { VECTORS, VECTOR_PASSWORD } from './vectors.ts';

/** Options of the least cost, so that the tests are about the format. */
const cheap = (algorithm: Algorithm, more: Partial<PasswordOptions> = {}): PasswordOptions => ({
  ...DEFAULT_OPTIONS,
  algorithm,
  rounds: algorithm === 'pbkdf2_sha512' ? 10 : 4,
  scryptBlockSize: 2,
  ...more,
});

const FORMATS: Record<Algorithm, RegExp> = {
  bcrypt: /^\$2b\$04\$[./A-Za-z0-9]{53}$/,
  bcrypt_sha256: /^\$bcrypt-sha256\$v=2,t=2b,r=4\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}$/,
  scrypt: /^\$scrypt\$ln=16,r=2,p=1\$[+/A-Za-z0-9]{22}\$[+/A-Za-z0-9]{43}$/,
  pbkdf2_sha512: /^\$pbkdf2-sha512\$10\$[+/A-Za-z0-9]{22}\$[+/A-Za-z0-9]{86}$/,
};

test.each(VECTORS)('Keystone’s own hash takes the right password and no other: $name', async ({ hash }) => {
  expect(await checkPassword(VECTOR_PASSWORD, hash, DEFAULT_OPTIONS)).toBe('match');
  expect(await checkPassword(`${VECTOR_PASSWORD} `, hash, DEFAULT_OPTIONS)).toBe('mismatch');
  expect(await checkPassword('', hash, DEFAULT_OPTIONS)).toBe('mismatch');
});

test.each(ALGORITHMS)('a new %s hash has Keystone’s format, a salt of its own, and verifies', async (algorithm) => {
  const options = cheap(algorithm);
  for (const password of ['', 'sécret\u{1f511}', 'a\0b']) {
    const [one, other] = await Promise.all([hashPassword(password, options), hashPassword(password, options)]);
    expect(one).toMatch(FORMATS[algorithm]);
    expect(one).not.toBe(other);
    expect(await verifyPassword(password, one, options)).toBe(true);
    expect(await verifyPassword(`${password}x`, one, options)).toBe(false);
  }
});

test.each(ALGORITHMS)('the decoy of %s is checked to the end and fits nothing', async (algorithm) => {
  const options = cheap(algorithm);
  const decoy = decoyHash(options);
  expect(decoy).toMatch(FORMATS[algorithm]);
  expect(decoy).not.toBe(decoyHash(options));
  expect(await checkPassword('secret', decoy, options)).toBe('mismatch');
});

test('without options the costs are Python’s', async () => {
  expect(decoyHash(DEFAULT_OPTIONS)).toMatch(/^\$2b\$12\$/);
  expect(decoyHash({ ...DEFAULT_OPTIONS, algorithm: 'bcrypt_sha256' })).toContain('v=2,t=2b,r=12$');
  expect(decoyHash({ ...DEFAULT_OPTIONS, algorithm: 'scrypt', rounds: 20 })).toContain('$ln=16,r=8,p=1$');
  expect(decoyHash({ ...DEFAULT_OPTIONS, algorithm: 'pbkdf2_sha512', rounds: 0 })).toContain('$25000$');
  const options = cheap('scrypt', { scryptParallelism: 2, saltSize: 96 });
  const hash = await hashPassword('secret', options);
  expect(hash).toMatch(/^\$scrypt\$ln=16,r=2,p=2\$[+/A-Za-z0-9]{128}\$/);
  expect(await verifyPassword('secret', hash, options)).toBe(true);
});

test('bcrypt takes 72 bytes, and what is behind is not looked at', async () => {
  const options = cheap('bcrypt');
  const long = 'ä'.repeat(36);
  const hash = await hashPassword(`${long}tail`, options);
  expect(await verifyPassword(`${long}other`, hash, options)).toBe(true);
  expect(await verifyPassword(long, hash, options)).toBe(true);
  expect(await verifyPassword(long.slice(1), hash, options)).toBe(false);
});

test('a bcrypt hash is checked also where another algorithm is configured, however long the password', async () => {
  const hash = await hashPassword('x'.repeat(80), cheap('bcrypt'));
  expect(await checkPassword('x'.repeat(80), hash, cheap('scrypt'))).toBe('match');
  expect(await checkPassword(`y${'x'.repeat(80)}`, hash, cheap('scrypt'))).toBe('mismatch');
});

test('the other algorithms take all of it, up to max_password_length', async () => {
  const options = cheap('pbkdf2_sha512', { maxLength: 100 });
  const hash = await hashPassword('x'.repeat(100), options);
  expect(await verifyPassword('x'.repeat(99), hash, options)).toBe(false);
  expect(await verifyPassword('x'.repeat(101), hash, options)).toBe(true);
});

test('with strict_password_check a longer password is an error in Keystone’s words, when set and when given', async () => {
  const options = cheap('bcrypt', { strict: true });
  const hash = await hashPassword('x'.repeat(72), options);
  const message = /^The password length must be less than or equal to 72\./;
  await expect(hashPassword('x'.repeat(73), options)).rejects.toThrow(message);
  await expect(checkPassword('x'.repeat(73), hash, options)).rejects.toMatchObject({ status: 403 });
  await expect(checkPassword('xxxxx', hash, { ...options, maxLength: 4 })).rejects.toThrow(/equal to 4\./);
});

test('a user without a password fits none, the empty one neither', async () => {
  expect(await checkPassword('', null, DEFAULT_OPTIONS)).toBe('no-hash');
});

test('historical names of bcrypt are the same hash', async () => {
  const hash = await hashPassword('secret', cheap('bcrypt'));
  for (const ident of ['$2a$', '$2b$', '$2x$', '$2y$']) {
    expect(await checkPassword('secret', ident + hash.slice(4), DEFAULT_OPTIONS)).toBe('match');
    expect(await checkPassword('wrong', ident + hash.slice(4), DEFAULT_OPTIONS)).toBe('mismatch');
  }
});

test('passlib’s older alphabet, with a dot for a plus, is read', async () => {
  const { hash } = VECTORS.find(({ name }) => name === 'pbkdf2_sha512')!;
  expect(hash).toContain('+');
  expect(await verifyPassword(VECTOR_PASSWORD, hash.replaceAll('+', '.'), DEFAULT_OPTIONS)).toBe(true);
});

test('a scheme that Keystone no longer has is told apart from a wrong password', async () => {
  for (const hash of ['$6$rounds=656000$c2FsdA$abc', '$1$a$b', 'plain', '', '$', '$argon2id$v=19$m=1$a$b']) {
    expect(await checkPassword('secret', hash, DEFAULT_OPTIONS)).toBe('unsupported-scheme');
    expect(await verifyPassword('secret', hash, DEFAULT_OPTIONS)).toBe(false);
  }
});

test('a known scheme in pieces is malformed, and no crash', async () => {
  const broken = [
    '$2$04$abcdefghijklmnopqrstuuJ0vZ5bGZ0c6wQ0iJj2V1QwQ5nU7m2yW',
    `$2b$99$${'a'.repeat(53)}`,
    '$7$C6..../....SodiumChloride$kBGj9fHznVYFQMEn/qDCfrDevf9YDtcDdKvEqHJLV8D',
    `$bcrypt-sha256$2b,12$${'a'.repeat(22)}$${'a'.repeat(31)}`,
    '$scrypt$ln=40,r=8,p=1$c2FsdA$c2FsdA',
    '$scrypt$ln=16,r=8,p=99999999$c2FsdA$c2FsdA',
    '$scrypt$ln=0,r=8,p=1$c2FsdA$c2FsdA',
    '$scrypt$ln=16,r=1,p=1$c2FsdA$c2FsdA',
    '$scrypt$$c2FsdA$c2FsdA',
    '$pbkdf2-sha512$0$c2FsdA$c2FsdA',
    '$pbkdf2-sha512$9999999999$c2FsdA$c2FsdA',
    '$pbkdf2-sha512$-1$c2FsdA$c2FsdA',
    '$pbkdf2-sha512$10$c2FsdAA*$c2FsdA',
  ];
  for (const hash of broken) {
    expect([hash, await checkPassword('secret', hash, DEFAULT_OPTIONS)]).toEqual([hash, 'malformed-hash']);
  }
});

test('a hash that is cut or changed behind its cost fits nothing and crashes nothing', async () => {
  const hashes = ALGORITHMS.filter((algorithm) => algorithm !== 'scrypt').map((algorithm) => ({
    head: algorithm === 'bcrypt' ? 7 : algorithm === 'bcrypt_sha256' ? 28 : 18,
    hash: hashPassword('secret', cheap(algorithm)),
  }));
  const change = fc.record({
    chosen: fc.constantFrom(...hashes),
    position: fc.nat(),
    digit: fc.string({ maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(change, async ({ chosen, position, digit }) => {
      const hash = await chosen.hash;
      const at = chosen.head + (position % (hash.length - chosen.head));
      for (const changed of [hash.slice(0, at), hash.slice(0, at) + digit]) {
        expect(await checkPassword('secret', changed, DEFAULT_OPTIONS)).toMatch(/^(mismatch|malformed-hash)$/);
      }
    }),
    { numRuns: 150 },
  );
});

test('a cost out of range is an error, not a weak hash', async () => {
  for (const rounds of [3, 32, 4.5]) {
    await expect(hashPassword('secret', cheap('bcrypt', { rounds }))).rejects.toThrow(RangeError);
    await expect(hashPassword('secret', cheap('bcrypt_sha256', { rounds }))).rejects.toThrow(RangeError);
  }
  await expect(hashPassword('secret', cheap('scrypt', { scryptBlockSize: 1 }))).rejects.toThrow(RangeError);
});
