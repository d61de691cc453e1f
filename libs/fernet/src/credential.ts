import { decrypt, encrypt, fernetKey } from './fernet.ts';
import type { FernetKey, Moment } from './fernet.ts';

/**
 * The key of 32 zero bytes that Python reads credentials with when all others fail, and writes with when there is no
 * key repository (common/fernet_utils.py). It hides nothing; it is there so that an operator can add keys later.
 */
export const NULL_KEY: FernetKey = fernetKey(`${'A'.repeat(43)}=`);

/** A stored credential that none of the keys opens. */
export class CredentialEncryptionError extends Error {
  constructor() {
    super('The credential could not be decrypted.');
    this.name = 'CredentialEncryptionError';
  }
}

export interface CredentialCodec {
  /** Whether there is no key but the null key, so that what is written can be read by anyone who reads the database. */
  readonly insecure: boolean;
  /** @returns the columns `encrypted_blob` and `key_hash` */
  encrypt(blob: string, moment: Moment): { blob: string; keyHash: string };
  /** @throws CredentialEncryptionError */
  decrypt(blob: string): string;
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decoded = (plaintext: Buffer): string => {
  try {
    return UTF_8.decode(plaintext);
  } catch {
    throw new CredentialEncryptionError();
  }
};

/**
 * Credentials at rest (credential/providers/fernet/core.py).
 *
 * Whoever stores a credential of type `ec2` must put its blob through JSON once more, both ways (`JSON.stringify` a
 * blob that already is JSON text): credential/core.py does `json.dumps(blob)` for that type only. Python's separators
 * (`, ` and `: `) show only where the blob is an object rather than text.
 * @param keys of the credential key repository, primary first; none means the null key
 */
export const credentialCodec = (keys: readonly FernetKey[]): CredentialCodec => {
  const all = [...keys, NULL_KEY];
  const primary = all[0] ?? NULL_KEY;
  return {
    insecure: primary.hash === NULL_KEY.hash,
    encrypt: (blob, moment) => ({ blob: encrypt(primary, Buffer.from(blob), moment), keyHash: primary.hash }),
    decrypt: (blob) => {
      const opened = decrypt(all, blob);
      if (!opened) throw new CredentialEncryptionError();
      return decoded(opened.plaintext);
    },
  };
};
