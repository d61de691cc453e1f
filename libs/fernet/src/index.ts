export { decrypt, encrypt, fernetKey, keyText } from './fernet.ts';
export type { FernetKey, Moment, Opened } from './fernet.ts';
export { TokenError } from './token-error.ts';
export type { TokenErrorReason } from './token-error.ts';
export type { TokenBase, TokenPayload } from './payload.ts';
export { receiptCodec, tokenCodec } from './token.ts';
export type { Codec, Random, Receipt, TokenCodecOptions } from './token.ts';
export { CredentialEncryptionError, NULL_KEY, credentialCodec } from './credential.ts';
export type { CredentialCodec } from './credential.ts';
