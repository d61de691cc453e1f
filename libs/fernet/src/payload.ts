import { packId, readId, readOptionalId, readString, readUuid, uuidBytes } from './identifier.ts';
import type { MethodMask } from './method-mask.ts';
import type { Packable, Wire } from './msgpack.ts';
import { malformed } from './token-error.ts';

export interface TokenBase {
  userId: string;
  /** Of `[auth] methods`; after decoding in the reverse of its order. */
  methods: string[];
  /** Seconds since the epoch. A fraction is carried, but Python shows whole seconds only. */
  expiresAt: number;
  /** This token's, then the first of its chain's where it has a parent; url-safe base64 without padding. */
  auditIds: string[];
  /** Whole seconds since the epoch: the Fernet timestamp, not part of the payload. */
  issuedAt: number;
}

interface Federated {
  groupIds: string[];
  idpId: string;
  protocolId: string;
}

/** What a token says, by what it is good for. The kinds are Python's payload classes, versions 0 to 10. */
export type TokenPayload = TokenBase &
  (
    | { kind: 'unscoped' }
    | { kind: 'domain'; domainId: string }
    | { kind: 'project'; projectId: string }
    | { kind: 'trust'; projectId: string; trustId: string }
    | ({ kind: 'federated-unscoped' } & Federated)
    | ({ kind: 'federated-project'; projectId: string } & Federated)
    | ({ kind: 'federated-domain'; domainId: string } & Federated)
    | { kind: 'oauth1'; projectId: string; accessTokenId: string }
    | { kind: 'system'; system: 'all' }
    | { kind: 'application-credential'; projectId: string; applicationCredentialId: string }
    | { kind: 'oauth2-mtls'; projectId?: string; domainId?: string; thumbprint: string }
  );

export interface PayloadContext {
  mask: MethodMask;
  /** `[identity] default_domain_id`: the one domain whose id need not be a UUID. */
  defaultDomainId: string;
}

/** One place in a payload: the property of {@link TokenPayload} that stands there, and how. */
export interface Field {
  readonly name: string;
  write(value: unknown, context: PayloadContext): Packable;
  /** `undefined`: the property is left out. */
  read(wire: Wire | undefined, context: PayloadContext): unknown;
}

const field = <V>(
  name: string,
  write: (value: V, context: PayloadContext) => Packable,
  read: (wire: Wire | undefined, context: PayloadContext) => V,
): Field => ({ name, write: (value, context) => write(value as V, context), read });

const id = (name: string): Field => field<string>(name, packId, (wire) => readId(wire, name));

const optionalId = (name: string): Field =>
  field<string | undefined>(
    name,
    (value) => packId(value ?? null),
    (wire) => readOptionalId(wire, name) ?? undefined,
  );

const listOf = <V>(wire: Wire | undefined, name: string, read: (item: Wire) => V): V[] =>
  Array.isArray(wire) ? wire.map(read) : malformed(`${name} is no list`);

/** The end of the year 9999, the last moment that Python's datetime holds. */
const LAST_SECOND = 253_402_300_799;

export const readSeconds = (wire: Wire | undefined, name: string): number =>
  typeof wire === 'number' && wire >= 0 && wire <= LAST_SECOND ? wire : malformed(`${name} is no time`);

export const USER = id('userId');
export const METHODS = field<string[]>(
  'methods',
  (methods, { mask }) => mask.pack(methods),
  (wire, { mask }) => mask.read(wire),
);
export const EXPIRES = field<number>(
  'expiresAt',
  (seconds) => seconds,
  (wire) => readSeconds(wire, 'expiresAt'),
);
const AUDIT_IDS = field<string[]>(
  'auditIds',
  (ids) => ids.map((auditId) => Buffer.from(auditId, 'base64url')),
  (wire) =>
    listOf(wire, 'auditIds', (item) =>
      Buffer.isBuffer(item) ? item.toString('base64url') : malformed('an audit id is not bytes'),
    ),
);
const PROJECT = id('projectId');
const DOMAIN = id('domainId');
/** A domain token has no room for the flag that tells text from bytes. */
const BARE_DOMAIN = field<string>(
  'domainId',
  (domainId, { defaultDomainId }) =>
    uuidBytes(domainId) ??
    (domainId === defaultDomainId
      ? domainId
      : malformed('domainId is neither a UUID nor [identity] default_domain_id')),
  (wire, { defaultDomainId }) => {
    if (Buffer.isBuffer(wire) && wire.equals(Buffer.from(defaultDomainId))) return defaultDomainId;
    return readUuid(wire, 'domainId');
  },
);
const BARE_TRUST = field<string>(
  'trustId',
  (trustId) => uuidBytes(trustId) ?? malformed('trustId is no UUID'),
  (wire) => readUuid(wire, 'trustId'),
);
const SYSTEM = field<string>(
  'system',
  (system) => system,
  (wire) => (readString(wire, 'system') === 'all' ? 'all' : malformed('system is not "all"')),
);
const PROTOCOL = field<string>(
  'protocolId',
  (protocolId) => protocolId,
  (wire) => readString(wire, 'protocolId'),
);
const GROUPS = field<string[]>(
  'groupIds',
  (ids) => ids.map(packId),
  (wire) => listOf(wire, 'groupIds', (item) => readId(item, 'a group id')),
);
const THUMBPRINT = field<string>(
  'thumbprint',
  (thumbprint) => [false, thumbprint],
  (wire) => readId(wire, 'thumbprint'),
);
const IDP = id('idpId');

export interface Layout {
  kind: TokenPayload['kind'];
  fields: readonly Field[];
}

/** What stands where after the version number, which is the place in this list (token_formatters.py). */
export const LAYOUTS: readonly Layout[] = [
  { kind: 'unscoped', fields: [USER, METHODS, EXPIRES, AUDIT_IDS] },
  { kind: 'domain', fields: [USER, METHODS, BARE_DOMAIN, EXPIRES, AUDIT_IDS] },
  { kind: 'project', fields: [USER, METHODS, PROJECT, EXPIRES, AUDIT_IDS] },
  { kind: 'trust', fields: [USER, METHODS, PROJECT, EXPIRES, AUDIT_IDS, BARE_TRUST] },
  { kind: 'federated-unscoped', fields: [USER, METHODS, GROUPS, IDP, PROTOCOL, EXPIRES, AUDIT_IDS] },
  { kind: 'federated-project', fields: [USER, METHODS, PROJECT, GROUPS, IDP, PROTOCOL, EXPIRES, AUDIT_IDS] },
  { kind: 'federated-domain', fields: [USER, METHODS, DOMAIN, GROUPS, IDP, PROTOCOL, EXPIRES, AUDIT_IDS] },
  { kind: 'oauth1', fields: [USER, METHODS, PROJECT, id('accessTokenId'), EXPIRES, AUDIT_IDS] },
  { kind: 'system', fields: [USER, METHODS, SYSTEM, EXPIRES, AUDIT_IDS] },
  {
    kind: 'application-credential',
    fields: [USER, METHODS, PROJECT, EXPIRES, AUDIT_IDS, id('applicationCredentialId')],
  },
  {
    kind: 'oauth2-mtls',
    fields: [USER, METHODS, optionalId('projectId'), optionalId('domainId'), EXPIRES, AUDIT_IDS, THUMBPRINT],
  },
];
