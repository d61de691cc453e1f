import { openWith, readText, timestampOf } from './fernet.ts';
import type { FernetKey } from './fernet.ts';
import { methodMask } from './method-mask.ts';
import { packWithFloat, unpackList } from './msgpack.ts';
import type { Packable, Wire } from './msgpack.ts';
import { EXPIRES, LAYOUTS, METHODS, USER, readSeconds } from './payload.ts';
import type { Field, PayloadContext, TokenPayload } from './payload.ts';
import { TokenError, malformed } from './token-error.ts';

/** Unpredictable bytes, as many as asked. */
export type Random = (size: number) => Uint8Array;

export interface TokenCodecOptions {
  /** `[auth] methods` in the file's order. */
  methods: readonly string[];
  /** `[identity] default_domain_id`. */
  defaultDomainId: string;
}

export interface Codec<T> {
  /**
   * Signs with the first key, as of the payload's `issuedAt`.
   * @throws TokenError where the payload cannot be carried (a domain or trust id that is no UUID) or there is no key
   */
  encode(payload: T, keys: readonly FernetKey[], random: Random): string;
  /** @throws TokenError where the text was not made by an encoder like this one with one of the keys */
  decode(text: string, keys: readonly FernetKey[]): T;
}

const seal = (payload: Buffer, issuedAt: number, { keys, random }: { keys: readonly FernetKey[]; random: Random }) => {
  const primary = keys[0];
  if (!primary) throw new TokenError('key', 'There is no key to sign with.');
  return primary.seal(payload, { now: issuedAt, iv: random(16) }).toString('base64url');
};

const open = (text: string, keys: readonly FernetKey[]): { items: Wire[]; issuedAt: number } => {
  const sealed = readText(text);
  if (!sealed) throw new TokenError('text', 'This is no Fernet text.');
  const payload = openWith(keys, sealed);
  if (!payload) throw new TokenError('key', 'None of the keys fits.');
  return { items: unpackList(payload), issuedAt: readSeconds(timestampOf(sealed), 'the timestamp') };
};

const write = (fields: readonly Field[], value: object, context: PayloadContext): Packable[] =>
  fields.map(({ name, write }) => write((value as Record<string, unknown>)[name], context));

const read = (fields: readonly Field[], items: readonly Wire[], context: PayloadContext): Record<string, unknown> => {
  if (items.length !== fields.length) malformed('it has too few or too many parts');
  const value: Record<string, unknown> = {};
  for (const [index, field] of fields.entries()) {
    const part = field.read(items[index], context);
    if (part !== undefined) value[field.name] = part;
  }
  return value;
};

/** Reads and writes Keystone's Fernet tokens, byte for byte as Python does (token/token_formatters.py). */
export const tokenCodec = ({ methods, defaultDomainId }: TokenCodecOptions): Codec<TokenPayload> => {
  const context: PayloadContext = { mask: methodMask(methods), defaultDomainId };
  return {
    encode: (payload, keys, random) => {
      const version = LAYOUTS.findIndex(({ kind }) => kind === payload.kind);
      const fields = LAYOUTS[version]?.fields ?? malformed('its kind is unknown');
      const packed = packWithFloat([version, ...write(fields, payload, context)], 1 + fields.indexOf(EXPIRES));
      return seal(packed, payload.issuedAt, { keys, random });
    },
    decode: (text, keys) => {
      const { items, issuedAt } = open(text, keys);
      const [version, ...parts] = items;
      const layout = typeof version === 'number' ? LAYOUTS[version] : undefined;
      if (!layout) throw new TokenError('version', 'The payload is of an unknown version.');
      // The fields of a layout are those of its kind: the tests write and read every one.
      return { kind: layout.kind, ...read(layout.fields, parts, context), issuedAt } as unknown as TokenPayload;
    },
  };
};

/** What an authentication receipt says: the first factors of a login that needs more. */
export interface Receipt {
  userId: string;
  methods: string[];
  /** Seconds since the epoch, fractions kept. */
  expiresAt: number;
  /** Whole seconds since the epoch. */
  issuedAt: number;
}

const RECEIPT = [USER, METHODS, EXPIRES];

/** Reads and writes authentication receipts (receipt/receipt_formatters.py); their keys may be the tokens'. */
export const receiptCodec = (options: Pick<TokenCodecOptions, 'methods'>): Codec<Receipt> => {
  const context: PayloadContext = { mask: methodMask(options.methods), defaultDomainId: '' };
  return {
    encode: (receipt, keys, random) =>
      seal(packWithFloat(write(RECEIPT, receipt, context), RECEIPT.indexOf(EXPIRES)), receipt.issuedAt, {
        keys,
        random,
      }),
    decode: (text, keys) => {
      const { items, issuedAt } = open(text, keys);
      return { ...read(RECEIPT, items, context), issuedAt } as unknown as Receipt;
    },
  };
};
