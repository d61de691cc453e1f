import { unsafe } from '@noble/ciphers/aes.js';

const BLOCK = 16;

/** The four little-endian words of a block, as noble's `unsafe` block functions take and give them. */
interface Block {
  s0: number;
  s1: number;
  s2: number;
  s3: number;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const load = (view: DataView, at: number): Block => ({
  s0: view.getUint32(at, true),
  s1: view.getUint32(at + 4, true),
  s2: view.getUint32(at + 8, true),
  s3: view.getUint32(at + 12, true),
});

const store = (view: DataView, at: number, a: Block, b: Block): void => {
  view.setUint32(at, a.s0 ^ b.s0, true);
  view.setUint32(at + 4, a.s1 ^ b.s1, true);
  view.setUint32(at + 8, a.s2 ^ b.s2, true);
  view.setUint32(at + 12, a.s3 ^ b.s3, true);
};

const ZERO: Block = { s0: 0, s1: 0, s2: 0, s3: 0 };

/** How many bytes of plaintext stand before the PKCS#7 padding, or -1 where the padding is wrong. */
const unpaddedLength = (padded: Uint8Array): number => {
  const count = padded[padded.length - 1] ?? 0;
  if (count < 1 || count > BLOCK) return -1;
  for (let at = padded.length - count; at < padded.length; at++) if (padded[at] !== count) return -1;
  return padded.length - count;
};

/** AES-128-CBC with PKCS#7 padding. */
export interface Cbc {
  encrypt(plaintext: Uint8Array, iv: Uint8Array): Buffer;
  /** `undefined` where the ciphertext is not whole blocks or its padding is wrong. */
  decrypt(ciphertext: Uint8Array, iv: Uint8Array): Buffer | undefined;
}

/**
 * The key schedules are worked out once and kept: noble's own `cbc()` expands the key on every call, which costs more
 * than deciphering a token does.
 * @param key 16 bytes
 */
export const cbcOf = (key: Uint8Array): Cbc => {
  const encryption = unsafe.expandKeyLE(key);
  const decryption = unsafe.expandKeyDecLE(key);
  return {
    encrypt: (plaintext, iv) => {
      const padding = BLOCK - (plaintext.length % BLOCK);
      const out = Buffer.alloc(plaintext.length + padding, padding);
      out.set(plaintext);
      const view = viewOf(out);
      let last = load(viewOf(iv), 0);
      for (let at = 0; at < out.length; at += BLOCK) {
        const { s0, s1, s2, s3 } = load(view, at);
        last = unsafe.encrypt(encryption, s0 ^ last.s0, s1 ^ last.s1, s2 ^ last.s2, s3 ^ last.s3);
        store(view, at, last, ZERO);
      }
      return out;
    },
    decrypt: (ciphertext, iv) => {
      if (ciphertext.length === 0 || ciphertext.length % BLOCK !== 0) return undefined;
      const out = Buffer.alloc(ciphertext.length);
      const [source, target] = [viewOf(ciphertext), viewOf(out)];
      let last = load(viewOf(iv), 0);
      for (let at = 0; at < out.length; at += BLOCK) {
        const block = load(source, at);
        store(target, at, unsafe.decrypt(decryption, block.s0, block.s1, block.s2, block.s3), last);
        last = block;
      }
      const length = unpaddedLength(out);
      return length < 0 ? undefined : out.subarray(0, length);
    },
  };
};
