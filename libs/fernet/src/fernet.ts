import { equalBytes } from '@noble/ciphers/utils.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { cbcOf } from './cbc.ts';

// https://github.com/fernet/spec: 0x80 | u64 seconds | IV | AES-128-CBC | HMAC-SHA256
const VERSION = 0x80;
const IV_AT = 9;
const CIPHERTEXT_AT = 25;
const MAC_LENGTH = 32;
const SHORTEST = CIPHERTEXT_AT + 16 + MAC_LENGTH;
const HIGH_WORD = 2 ** 32;

export interface Moment {
  /** Seconds since the epoch; written in whole seconds, readable by anyone who holds the text. */
  now: number;
  /** 16 unpredictable bytes, new for every text. */
  iv: Uint8Array;
}

/**
 * A Fernet key with its AES schedules and its HMAC state worked out, to be kept as long as the key is in use.
 * The key material is held by closures, so that printing the object shows none of it.
 */
export interface FernetKey {
  /** SHA-1 (hex) of the key as it stands in its file: `credential.key_hash` (credential/providers/fernet/core.py). */
  readonly hash: string;
  /** The bytes of a Fernet text around `plaintext`. */
  seal(plaintext: Uint8Array, moment: Moment): Buffer;
  /** The plaintext in the bytes of a Fernet text, or `undefined` where they were not sealed with this key. */
  open(sealed: Buffer): Buffer | undefined;
}

const macOf = (key: Uint8Array): ((message: Uint8Array) => Uint8Array) => {
  const keyed = hmac.create(sha256, key);
  const scratch = keyed.clone();
  const tag = new Uint8Array(MAC_LENGTH);
  return (message) => {
    keyed._cloneInto(scratch).update(message).digestInto(tag);
    return tag;
  };
};

const headed = (ciphertext: Buffer, { now, iv }: Moment): Buffer => {
  if (iv.length !== 16) throw new RangeError('A Fernet IV has 16 bytes.');
  const out = Buffer.alloc(CIPHERTEXT_AT + ciphertext.length + MAC_LENGTH);
  out[0] = VERSION;
  out.writeUInt32BE(Math.floor(now / HIGH_WORD), 1);
  out.writeUInt32BE(Math.floor(now) % HIGH_WORD, 5);
  out.set(iv, IV_AT);
  out.set(ciphertext, CIPHERTEXT_AT);
  return out;
};

/**
 * Reads what Python's `Fernet(key)` reads: base64 of either alphabet that ends at the padding, with blanks and line
 * ends around it, as editors and `echo` leave them.
 */
const keyBytes = (text: string): Buffer => {
  const digits = /^([A-Za-z0-9+/_-]{43})=/.exec(text.replace(/[^A-Za-z0-9+/_=-]/g, ''))?.[1];
  if (!digits) throw new RangeError('A Fernet key is 32 bytes in url-safe base64 (44 characters).');
  return Buffer.from(digits, 'base64url');
};

/**
 * @param text the key as `keystone-manage` writes it to a file: 44 characters of url-safe base64, 16 bytes that sign
 *   followed by 16 that encrypt
 * @throws RangeError where it is not that; the message does not show it
 */
export const fernetKey = (text: string): FernetKey => {
  const bytes = keyBytes(text);
  const macFor = macOf(bytes.subarray(0, 16));
  const cbc = cbcOf(bytes.subarray(16));
  return {
    hash: Buffer.from(sha1(Buffer.from(text))).toString('hex'),
    seal: (plaintext, moment) => {
      const out = headed(cbc.encrypt(plaintext, moment.iv), moment);
      const macAt = out.length - MAC_LENGTH;
      out.set(macFor(out.subarray(0, macAt)), macAt);
      return out;
    },
    open: (sealed) => {
      const macAt = sealed.length - MAC_LENGTH;
      if (!equalBytes(macFor(sealed.subarray(0, macAt)), sealed.subarray(macAt))) return undefined;
      return cbc.decrypt(sealed.subarray(CIPHERTEXT_AT, macAt), sealed.subarray(IV_AT, CIPHERTEXT_AT));
    },
  };
};

/** A new key's text. @param random 32 unpredictable bytes */
export const keyText = (random: Uint8Array): string => {
  if (random.length !== 32) throw new RangeError('A Fernet key is made of 32 bytes.');
  return `${Buffer.from(random).toString('base64url')}=`;
};

/** A Fernet text with its trailing `=`, as the specification has it and as credentials are stored. */
export const encrypt = (key: FernetKey, plaintext: Uint8Array, moment: Moment): string => {
  const text = key.seal(plaintext, moment).toString('base64url');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
};

/**
 * The bytes of a Fernet text, or `undefined` where it is none. Padding may be there (credentials) or not (tokens).
 *
 * Python's `urlsafe_b64decode` skips what is outside the alphabet, reads `+` and `/` too, and drops the unused bits of
 * the last character, so that one token has any number of spellings there. Nobody writes those, and a memory keyed by
 * text is better off with one, so only the spelling that an encoder gives is read.
 */
export const readText = (text: string): Buffer | undefined => {
  const bare = text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
  const sealed = Buffer.from(bare, 'base64url');
  if (sealed.length < SHORTEST || sealed[0] !== VERSION) return undefined;
  return sealed.toString('base64url') === bare ? sealed : undefined;
};

/** When the text was made, in seconds, as {@link readText} gave it: true only once a key has opened it. */
export const timestampOf = (sealed: Buffer): number => sealed.readUInt32BE(1) * HIGH_WORD + sealed.readUInt32BE(5);

/** Tries the keys in their order. */
export const openWith = (keys: readonly FernetKey[], sealed: Buffer): Buffer | undefined => {
  for (const key of keys) {
    const plaintext = key.open(sealed);
    if (plaintext) return plaintext;
  }
  return undefined;
};

export interface Opened {
  plaintext: Buffer;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** Reads a Fernet text with the first key that fits; `undefined` where it is no Fernet text or none fits. */
export const decrypt = (keys: readonly FernetKey[], text: string): Opened | undefined => {
  const sealed = readText(text);
  const plaintext = sealed && openWith(keys, sealed);
  return sealed && plaintext && { plaintext, timestamp: timestampOf(sealed) };
};
