import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { TokenError, decrypt, encrypt, fernetKey, keyText, receiptCodec, tokenCodec } from './index.ts';
import type { TokenPayload } from './index.ts';
import { LAYOUTS } from './payload.ts';
import { METHODS, payloads, plainId } from './samples.ts';
import vectors from './vectors.json' with { type: 'json' };

const KEYS = [fernetKey(vectors.key)];
const tokens = tokenCodec(vectors);
const receipts = receiptCodec(vectors);

const seconds = (time: unknown) => Date.parse(String(time)) / 1000;

/** What Python's `validate_token` returned for a vector, under our names. */
const expected = ({ version, decoded }: (typeof vectors.tokens)[number]) => {
  const [userId, methods, auditIds, system, domainId, projectId, trustId, groups, idpId, protocolId] = decoded;
  const [accessTokenId, applicationCredentialId, thumbprint, issuedAt, expiresAt] = decoded.slice(10);
  const groupIds = (groups as { id: string }[] | null)?.map(({ id }) => id);
  const own = { system, domainId, projectId, trustId, groupIds, idpId, protocolId, accessTokenId };
  const parts = { ...own, applicationCredentialId, thumbprint, userId, methods, auditIds };
  return {
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null && value !== undefined)),
    kind: LAYOUTS[version]?.kind,
    issuedAt: seconds(issuedAt),
    expiresAt: seconds(expiresAt),
  };
};

test.each(vectors.tokens)('Python’s token reads as Python reads it: $case', (vector) => {
  expect(tokens.decode(vector.token, KEYS)).toEqual(expected(vector));
});

test.each(vectors.tokens)('and is written again byte for byte: $case', (vector) => {
  const again = tokens.encode(tokens.decode(vector.token, KEYS), KEYS, randomBytes);
  expect(again).toHaveLength(vector.token.length);
  expect(again).not.toContain('=');
  expect(decrypt(KEYS, again)?.plaintext.toString('hex')).toBe(vector.payload);
  expect(decrypt(KEYS, again)?.timestamp).toBe(decrypt(KEYS, vector.token)?.timestamp);
});

test('the vectors hold every version', () => {
  expect(new Set(vectors.tokens.map(({ version }) => version)).size).toBe(LAYOUTS.length);
});

test('Python’s receipt is read, and written again byte for byte', () => {
  const { text, payload, decoded } = vectors.receipt;
  const receipt = receipts.decode(text, KEYS);
  const [userId, methods, issuedAt, expiresAt] = decoded;
  expect(receipt).toEqual({ userId, methods, issuedAt: seconds(issuedAt), expiresAt: seconds(expiresAt) });
  expect(decrypt(KEYS, receipts.encode(receipt, KEYS, randomBytes))?.plaintext.toString('hex')).toBe(payload);
});

test('a payload of any kind comes back as it was', () => {
  const codec = tokenCodec({ methods: METHODS, defaultDomainId: 'default' });
  fc.assert(
    fc.property(payloads(plainId), (payload) => {
      expect(codec.decode(codec.encode(payload, KEYS, randomBytes), KEYS)).toEqual(payload);
    }),
    { numRuns: 500 },
  );
});

test('a receipt comes back as it was', () => {
  const receipt = fc.record({
    userId: plainId,
    methods: fc.subarray(vectors.methods).map((methods) => methods.reverse()),
    expiresAt: fc.double({ min: 0, max: 4e9, noNaN: true }).map(Math.abs),
    issuedAt: fc.nat(),
  });
  fc.assert(
    fc.property(receipt, (value) => {
      expect(receipts.decode(receipts.encode(value, KEYS, randomBytes), KEYS)).toEqual(value);
    }),
  );
});

const PAYLOAD: TokenPayload = {
  kind: 'domain',
  userId: 'jdoe',
  methods: ['password'],
  expiresAt: 1893553445,
  auditIds: ['AAECAwQFBgcICQoLDA0ODw'],
  issuedAt: 1893549845,
  domainId: 'default',
};

const again = (payload: TokenPayload, codec = tokens) => codec.decode(tokens.encode(payload, KEYS, randomBytes), KEYS);

test('methods come back highest first, once each, and unknown ones not at all', () => {
  const methods = ['password', 'application_credential', 'password', 'saml2', 'token'];
  expect(again({ ...PAYLOAD, methods }).methods).toEqual(['application_credential', 'token', 'password']);
});

test('a mask with a bit above the configured methods reads as no methods, as in Python', () => {
  const older = tokenCodec({ ...vectors, methods: ['external', 'password'] });
  expect(again({ ...PAYLOAD, methods: ['token', 'password'] }, older).methods).toEqual([]);
});

test('a domain whose id is no UUID is carried only while it is the default domain', () => {
  const elsewhere = tokenCodec({ ...vectors, defaultDomainId: 'main' });
  expect(() => elsewhere.encode(PAYLOAD, KEYS, randomBytes)).toThrow(TokenError);
  expect(() => again(PAYLOAD, elsewhere)).toThrow(TokenError);
  expect(() => tokens.encode({ ...PAYLOAD, kind: 'trust', projectId: 'p', trustId: 't' }, KEYS, randomBytes)).toThrow(
    TokenError,
  );
});

const sealed = (payload: Uint8Array) => encrypt(KEYS[0]!, payload, { now: 1893549845, iv: randomBytes(16) });

test('a payload packed before msgpack 1.0, its bytes marked as text, is read all the same', () => {
  for (const vector of vectors.tokens) {
    const older = vector.payload.replaceAll('c410', 'b0');
    expect(older).not.toBe(vector.payload);
    const { issuedAt: _, ...rest } = tokens.decode(sealed(Buffer.from(older, 'hex')), KEYS);
    expect(expected(vector)).toMatchObject(rest);
  }
});

/** The reason why a text is refused; anything but a TokenError fails the test. */
const refusal = (decode: () => unknown): string | undefined => {
  try {
    decode();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(TokenError);
    return (error as TokenError).reason;
  }
};

test('random text and cut or changed tokens are TokenErrors that do not repeat the text', () => {
  fc.assert(fc.property(fc.string(), (text) => refusal(() => tokens.decode(text, KEYS)) === 'text'));
  const text = fc.constantFrom(...vectors.tokens.map(({ token }) => token));
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(5), (token, position, bit) => {
      const at = position % token.length;
      const flipped = token.slice(0, at) + String.fromCharCode(token.charCodeAt(at) ^ (1 << bit)) + token.slice(at + 1);
      expect(refusal(() => tokens.decode(flipped, KEYS))).toMatch(/^(text|key)$/);
      expect(refusal(() => tokens.decode(token.slice(0, at), KEYS))).toMatch(/^(text|key)$/);
      expect(() => tokens.decode(token.slice(0, at), KEYS)).toThrow(/^[ a-zA-Z.]{1,40}$/);
    }),
    { numRuns: 1000 },
  );
});

test('a token under an unknown key says that no key fits', () => {
  const other = fernetKey(keyText(randomBytes(32)));
  for (const { token } of vectors.tokens) expect(refusal(() => tokens.decode(token, [other]))).toBe('key');
  expect(refusal(() => tokens.encode(PAYLOAD, [], randomBytes))).toBe('key');
});

test('a payload of a future version says so', () => {
  for (const version of [11, 12, 100, 127]) {
    for (const { payload } of vectors.tokens) {
      const future = Buffer.from(payload, 'hex');
      future[1] = version;
      expect(refusal(() => tokens.decode(sealed(future), KEYS))).toBe('version');
    }
  }
  expect(refusal(() => tokens.decode(vectors.receipt.text, KEYS))).toBe('version');
});

test('a token is no receipt', () => {
  for (const { token } of vectors.tokens) expect(refusal(() => receipts.decode(token, KEYS))).toBe('payload');
});

test('bytes before, behind or missing, and parts too many or too few, make a payload malformed', () => {
  for (const { payload } of vectors.tokens) {
    const whole = Buffer.from(payload, 'hex');
    const count = whole[0]! & 0x0f;
    const more = Buffer.concat([Buffer.of(0x90 | (count + 1)), whole.subarray(1), Buffer.of(0xc0)]);
    for (const broken of [Buffer.concat([whole, Buffer.of(0)]), whole.subarray(0, -1), more]) {
      expect(refusal(() => tokens.decode(sealed(broken), KEYS))).toBe('payload');
    }
  }
});

test('whatever bytes are under a good key, they are a payload or a TokenError', () => {
  const whole = fc.constantFrom(...vectors.tokens.map(({ payload }) => Buffer.from(payload, 'hex')));
  const changed = fc.tuple(whole, fc.nat(), fc.nat(255)).map(([payload, position, value]) => {
    const bytes = Buffer.from(payload);
    bytes[position % bytes.length] = value;
    return bytes;
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), changed), (bytes) => {
      refusal(() => tokens.decode(sealed(bytes), KEYS));
      refusal(() => receipts.decode(sealed(bytes), KEYS));
    }),
    { numRuns: 2000 },
  );
  expect(refusal(() => tokens.decode(sealed(Buffer.alloc(50_000, 0x91)), KEYS))).toBe('payload');
});

test('a time beyond what a date can be is refused', () => {
  const [vector] = vectors.tokens;
  const late = encrypt(KEYS[0]!, Buffer.from(vector!.payload, 'hex'), { now: 2 ** 52, iv: randomBytes(16) });
  expect(refusal(() => tokens.decode(late, KEYS))).toBe('payload');
  for (const expiresAt of [NaN, Infinity, -1, 1e12]) {
    expect(refusal(() => again({ ...PAYLOAD, expiresAt }))).toBe('payload');
  }
});
