import fc from 'fast-check';
import { uuidBytes } from './identifier.ts';
import type { TokenPayload } from './payload.ts';

/** Random payloads for the tests. */

const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => Buffer.from(value).toString('hex'));

const uuid = hex(16);

const text = (maxLength: number) => fc.string({ unit: 'grapheme', minLength: 1, maxLength });

/** An id that comes back as it went in: hex digits, or text that is no UUID, of lengths on both sides of msgpack's. */
export const plainId: fc.Arbitrary<string> = fc.oneof(
  uuid,
  hex(32),
  fc.oneof(text(15), text(40), text(300)).filter((value) => uuidBytes(value) === undefined),
);

/** An id in any of the spellings that Python takes for a UUID, and in some that it does not. */
export const spelledId: fc.Arbitrary<string> = fc.oneof(
  plainId,
  fc.uuid(),
  fc.uuid().map((value) => `{${value.toUpperCase()}}`),
  fc.uuid().map((value) => `urn:uuid:${value}`),
  uuid.map((value) => `0x${value.slice(2)}`),
  uuid.map((value) => ` +${value.slice(3)} `),
  uuid.map((value) => `${value.slice(0, 8)}_${value.slice(9)}`),
  uuid.map((value) => `${value.slice(0, 8)}__${value.slice(10)}`),
  uuid.map((value) => `_${value.slice(1)}`),
  uuid.map((value) => `0X_${value.slice(3)}`),
  uuid.map((value) => `${value.slice(1)}g`),
);

export const METHODS = ['external', 'password', 'token', 'oauth1', 'mapped', 'application_credential', 'ec2credential'];

/** Sixty-fourths of a second: exact as a float and as Python's microseconds. */
const seconds = fc.integer({ min: 0, max: 253_402_300_799 * 64 }).map((value) => value / 64);

const base = (id: fc.Arbitrary<string>) => ({
  userId: id,
  methods: fc.subarray(METHODS).map((methods) => methods.reverse()),
  expiresAt: seconds,
  auditIds: fc.array(
    hex(16).map((value) => Buffer.from(value, 'hex').toString('base64url')),
    { maxLength: 2 },
  ),
  issuedAt: seconds.map(Math.floor),
});

const kind = <K extends TokenPayload['kind']>(value: K) => fc.constant(value);

/** Payloads of every kind. @param id ids where any are allowed */
export const payloads = (id: fc.Arbitrary<string>): fc.Arbitrary<TokenPayload> => {
  const federated = { ...base(id), groupIds: fc.array(id, { maxLength: 20 }), idpId: id, protocolId: text(40) };
  return fc.oneof(
    fc.record({ kind: kind('unscoped'), ...base(id) }),
    fc.record({ kind: kind('domain'), ...base(id), domainId: fc.oneof(uuid, fc.constant('default')) }),
    fc.record({ kind: kind('project'), ...base(id), projectId: id }),
    fc.record({ kind: kind('trust'), ...base(id), projectId: id, trustId: uuid }),
    fc.record({ kind: kind('federated-unscoped'), ...federated }),
    fc.record({ kind: kind('federated-project'), ...federated, projectId: id }),
    fc.record({ kind: kind('federated-domain'), ...federated, domainId: id }),
    fc.record({ kind: kind('oauth1'), ...base(id), projectId: id, accessTokenId: id }),
    fc.record({ kind: kind('system'), ...base(id), system: fc.constant('all' as const) }),
    fc.record({ kind: kind('application-credential'), ...base(id), projectId: id, applicationCredentialId: id }),
    fc.record(
      { kind: kind('oauth2-mtls'), ...base(id), projectId: id, domainId: id, thumbprint: text(60) },
      { requiredKeys: ['kind', 'userId', 'methods', 'expiresAt', 'auditIds', 'issuedAt', 'thumbprint'] },
    ),
  );
};
