import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { credentialCodec, decrypt, encrypt, fernetKey, keyText, receiptCodec, tokenCodec } from './index.ts';
import type { Receipt, TokenPayload } from './index.ts';
import { LAYOUTS } from './payload.ts';
import { METHODS, payloads, spelledId } from './samples.ts';

/** An interpreter with Python Keystone installed. Where everything must be tested it may not be missing. */
const python = process.env['KEYSTONE_PYTHON'];
const withPython = python || process.env['CI'] ? test : test.skip;

const texts = [keyText(randomBytes(32)), keyText(randomBytes(32)), keyText(randomBytes(32))];
// Numbers as in a repository after two rotations: the highest signs, 0 is staged.
const keys = [texts[2], texts[1], texts[0]].map((text) => fernetKey(text!));
const codec = tokenCodec({ methods: METHODS, defaultDomainId: 'default' });
const receipts = receiptCodec({ methods: METHODS });
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'keys-'));
  for (const [number, text] of texts.entries()) writeFileSync(join(directory, String(number)), text);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Lets Python Keystone do each task, all in one process. */
const inPython = <T>(name: string, args: readonly unknown[]): (T & { error?: string })[] => {
  if (!python) throw new Error('KEYSTONE_PYTHON must name an interpreter with Python Keystone installed.');
  const input = JSON.stringify({
    directory,
    methods: METHODS,
    domain: 'default',
    tasks: args.map((arg) => [name, arg]),
  });
  const { error, status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'peer.py')], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw error ?? new Error(stderr);
  return JSON.parse(stdout);
};

const time = (seconds: number): string => {
  const fraction = String(Math.round((seconds % 1) * 1e6)).padStart(6, '0');
  return new Date(Math.floor(seconds) * 1000).toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
};

/** A payload as `TokenFormatter.create_token` takes it. */
const asPython = (payload: TokenPayload) => {
  const all = payload as Record<string, unknown> & TokenPayload;
  return {
    version: LAYOUTS.findIndex(({ kind }) => kind === payload.kind),
    user_id: all.userId,
    expires_at: time(all.expiresAt),
    audit_ids: all.auditIds,
    methods: all.methods,
    system: all['system'],
    domain_id: all['domainId'],
    project_id: all['projectId'],
    trust_id: all['trustId'],
    federated_group_ids: (all['groupIds'] as string[] | undefined)?.map((id) => ({ id })),
    identity_provider_id: all['idpId'],
    protocol_id: all['protocolId'],
    access_token_id: all['accessTokenId'],
    app_cred_id: all['applicationCredentialId'],
    thumbprint: all['thumbprint'],
  };
};

/** A payload as `TokenFormatter.validate_token` returns it: every time in whole seconds. */
const validated = (payload: TokenPayload) => {
  const parts = asPython(payload);
  const scope = [parts.system, parts.domain_id, parts.project_id, parts.trust_id, parts.federated_group_ids];
  const origin = [parts.identity_provider_id, parts.protocol_id, parts.access_token_id, parts.app_cred_id];
  const last = [parts.thumbprint, time(payload.issuedAt), time(Math.floor(payload.expiresAt))];
  return [parts.user_id, parts.methods, parts.audit_ids, ...scope, ...origin, ...last].map((part) => part ?? null);
};

const samples = () => fc.sample(payloads(spelledId), 400);

/** Compares all at once, so that a failure shows the first pair that differs. */
const expectPairs = (pairs: readonly (readonly [unknown, unknown])[]) => {
  for (const [ours, theirs] of pairs) expect(ours).toEqual(theirs);
};

withPython('Python reads our tokens as we read them ourselves', () => {
  const written = samples().map((payload) => codec.encode(payload, keys, randomBytes));
  const theirs = inPython('validate_token', written);
  expectPairs(written.map((text, index) => [validated(codec.decode(text, keys)), theirs[index]]));
});

withPython('we read Python’s tokens as it does, and pack the same payload byte for byte', () => {
  const payloads = samples();
  const theirs = inPython<{ text: string; payload: string }>('create_token', payloads.map(asPython));
  const read = inPython(
    'validate_token',
    theirs.map(({ text }) => text),
  );
  for (const [index, { text, payload }] of theirs.entries()) {
    expect(validated(codec.decode(text, keys))).toEqual(read[index]);
    const ours = codec.encode(payloads[index]!, keys, randomBytes);
    expect(decrypt(keys, ours)?.plaintext.toString('hex')).toBe(payload);
  }
});

withPython('receipts are read and written alike', () => {
  const sample = fc.sample(payloads(spelledId), 100);
  const values = sample.map(({ userId, methods, expiresAt, issuedAt }) => ({ userId, methods, expiresAt, issuedAt }));
  const arranged = ({ userId, methods, issuedAt, expiresAt }: Receipt) => [
    userId,
    methods,
    time(issuedAt),
    time(Math.floor(expiresAt)),
  ];
  const ours = values.map((receipt) => receipts.encode(receipt, keys, randomBytes));
  const read = inPython('validate_receipt', ours);
  expectPairs(ours.map((text, index) => [arranged(receipts.decode(text, keys)), read[index]]));
  const theirs = inPython<{ text: string; payload: string }>(
    'create_receipt',
    values.map(({ userId, methods, expiresAt }) => ({ user_id: userId, methods, expires_at: time(expiresAt) })),
  );
  for (const [index, { text, payload }] of theirs.entries()) {
    expect(receipts.decode(text, keys).userId).toBe((read[index] as unknown as string[])[0]);
    expect(decrypt(keys, ours[index]!)?.plaintext.toString('hex')).toBe(payload);
  }
});

withPython('Fernet texts and credentials are read by Python’s cryptography, whichever key they are under', () => {
  const codecs = credentialCodec(keys);
  const plaintexts = fc.sample(fc.uint8Array({ maxLength: 200 }), 100).map((bytes) => Buffer.from(bytes));
  const moments = plaintexts.map((_, index) => ({ now: index * 2 ** 33, iv: randomBytes(16) }));
  const ours = plaintexts.map((plaintext, index) => encrypt(keys[index % 3]!, plaintext, moments[index]!));
  const expected = plaintexts.map((text, index) => ({
    plaintext: text.toString('hex'),
    timestamp: moments[index]!.now,
  }));
  expect(inPython('decrypt', ours)).toEqual(expected);

  const blobs = fc.sample(fc.string({ unit: 'grapheme' }), 50);
  const stored = blobs.map((blob) => codecs.encrypt(blob, moments[0]!).blob);
  expect(inPython('decrypt_credential', stored)).toEqual(blobs);
  const theirs = inPython<{ blob: string; keyHash: string }>('encrypt_credential', blobs);
  expect(theirs.map(({ blob }) => codecs.decrypt(blob))).toEqual(blobs);
  expect(new Set(theirs.map(({ keyHash }) => keyHash))).toEqual(new Set([keys[0]!.hash]));
});

withPython('what Python refuses, we refuse', () => {
  const token = codec.encode(samples()[0]!, keys, randomBytes);
  const cut = Array.from({ length: token.length }, (_, at) => token.slice(0, at));
  const changed = cut.map((start, at) => `${start}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`);
  const texts = [...cut, ...changed, `${token}AAAA`, `AAAA${token}`, ''];
  for (const [index, theirs] of inPython('validate_token', texts).entries()) {
    // Python drops the unused bits of the last character; see readText.
    if (theirs.error) expect(() => codec.decode(texts[index]!, keys)).toThrow();
    else expect(index).toBe(2 * token.length - 1);
  }
});
