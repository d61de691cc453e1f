import fc from 'fast-check';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { decrypt, encrypt, fernetKey, keyText } from './index.ts';

// https://github.com/fernet/spec, generate.json
const SPECIFICATION = {
  token: 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
  now: 499162800,
  iv: Uint8Array.from({ length: 16 }, (_, index) => index),
  plaintext: 'hello',
  key: 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=',
};

const KEY = fernetKey(SPECIFICATION.key);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('the example of the Fernet specification is written and read', () => {
  const { token, now, iv, plaintext } = SPECIFICATION;
  expect(encrypt(KEY, Buffer.from(plaintext), { now, iv })).toBe(token);
  expect(decrypt([KEY], token)).toEqual({ plaintext: Buffer.from(plaintext), timestamp: now });
});

test('what is encrypted is decrypted, at any length, with its time, by whichever of the keys it was', () => {
  const arbitrary = fc.record({
    key: bytes(32),
    iv: bytes(16),
    plaintext: fc.uint8Array({ maxLength: 100 }),
    now: fc.integer({ min: 0, max: 2 ** 40 }),
  });
  fc.assert(
    fc.property(arbitrary, ({ key, iv, plaintext, now }) => {
      const fits = fernetKey(keyText(key));
      const text = encrypt(fits, plaintext, { now, iv });
      const expected = { plaintext: Buffer.from(plaintext), timestamp: now };
      expect(decrypt([KEY, fits], text)).toEqual(expected);
      expect(decrypt([fits], text.replaceAll('=', ''))).toEqual(expected);
    }),
  );
});

test('no bit of the text can be changed, nor any part of it cut off', () => {
  const { token } = SPECIFICATION;
  const bare = token.replaceAll('=', '');
  for (let at = 0; at < bare.length; at++) {
    expect(decrypt([KEY], bare.slice(0, at))).toBeUndefined();
    for (let bit = 0; bit < 7; bit++) {
      const flipped = String.fromCharCode(bare.charCodeAt(at) ^ (1 << bit));
      expect(decrypt([KEY], bare.slice(0, at) + flipped + bare.slice(at + 1))).toBeUndefined();
    }
  }
});

test('one text has one spelling, but for the padding', () => {
  const { token } = SPECIFICATION;
  const bare = token.replaceAll('=', '');
  for (const spelling of [`${bare}=`, `${token}=`, ` ${bare}`, `${bare}\n`, `"${bare}"`, bare.replaceAll('_', '/')]) {
    expect(decrypt([KEY], spelling)).toBeUndefined();
  }
});

test('random text is no Fernet text, and says nothing else', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => decrypt([KEY], text) === undefined));
  const begun = fc.uint8Array({ maxLength: 200 }).map((rest) => Buffer.from([0x80, ...rest]).toString('base64url'));
  fc.assert(fc.property(begun, (text) => decrypt([KEY], text) === undefined));
});

test('a text under another key is not read, nor is any text without a key', () => {
  fc.assert(fc.property(bytes(32), (other) => decrypt([fernetKey(keyText(other))], SPECIFICATION.token) === undefined));
  expect(decrypt([], SPECIFICATION.token)).toBeUndefined();
});

test('a key is read as Python reads it: with a line end behind it, in either alphabet', () => {
  const text = SPECIFICATION.key;
  for (const spelling of [`${text}\n`, ` ${text} `, text.replaceAll('-', '+').replaceAll('_', '/')]) {
    expect(decrypt([fernetKey(spelling)], SPECIFICATION.token)).toBeDefined();
  }
});

test('what is no key is refused without being shown', () => {
  const secret = SPECIFICATION.key;
  for (const text of ['', secret.slice(0, 43), secret.slice(1), `A${secret}`, 'staged']) {
    expect(() => fernetKey(text)).toThrow(RangeError);
    expect(() => fernetKey(text)).toThrow(/^(?!.*cw_0x689)/);
  }
});

test('a printed key shows no key', () => {
  const shown = inspect(KEY, { depth: 9, showHidden: true }) + JSON.stringify(KEY);
  expect(shown).not.toContain(SPECIFICATION.key.slice(0, 20));
  expect(shown).not.toContain(Buffer.from(SPECIFICATION.key, 'base64url').toString('hex').slice(0, 20));
});
