import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { CredentialEncryptionError, NULL_KEY, credentialCodec, encrypt, fernetKey, keyText } from './index.ts';
import vectors from './vectors.json' with { type: 'json' };

const KEY = fernetKey(vectors.key);
const moment = () => ({ now: 1893549845, iv: randomBytes(16) });

test('Python’s credential is read, and the hash of its key is Python’s', () => {
  const codec = credentialCodec([KEY]);
  expect(codec.decrypt(vectors.credential.blob)).toBe(vectors.credential.plaintext);
  expect(codec.encrypt('x', moment()).keyHash).toBe(vectors.credential.keyHash);
});

test('what is written is read, with the padding that Python needs', () => {
  const codec = credentialCodec([KEY]);
  for (const blob of ['', 'ä'.repeat(50), '{"access": "a"}']) {
    const stored = codec.encrypt(blob, moment()).blob;
    expect(stored.length % 4).toBe(0);
    expect(codec.decrypt(stored)).toBe(blob);
  }
});

test('a rotated key still reads what the old one wrote', () => {
  const codec = credentialCodec([fernetKey(keyText(randomBytes(32))), KEY]);
  expect(codec.decrypt(vectors.credential.blob)).toBe(vectors.credential.plaintext);
  expect(codec.encrypt('x', moment()).keyHash).not.toBe(vectors.credential.keyHash);
});

test('without keys the null key writes, and it reads whatever the keys are', () => {
  const bare = credentialCodec([]);
  const { blob, keyHash } = bare.encrypt('secret', moment());
  expect([bare.insecure, keyHash]).toEqual([true, NULL_KEY.hash]);
  const codec = credentialCodec([KEY]);
  expect([codec.insecure, codec.decrypt(blob)]).toEqual([false, 'secret']);
});

test('what no key opens is an error of its own kind, which does not show it', () => {
  const codec = credentialCodec([KEY]);
  const other = fernetKey(keyText(randomBytes(32)));
  for (const blob of ['', 'not base64!', encrypt(other, Buffer.from('secret'), moment())]) {
    expect(() => codec.decrypt(blob)).toThrow(new CredentialEncryptionError());
  }
  expect(() => codec.decrypt(encrypt(KEY, Buffer.of(0xff, 0xfe), moment()))).toThrow(CredentialEncryptionError);
});
