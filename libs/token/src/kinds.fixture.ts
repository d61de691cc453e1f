import { randomBytes } from 'node:crypto';
import type { ApplicationCredential, Subject, Trust } from '@keystone/contracts';
import { tokenCodec, type TokenPayload } from '@keystone/fernet';
import { keyRepository } from '@keystone/keys';
import { testConfig } from '@keystone/testing';
import { PROJECT, ROLE, USER, type TokenApi } from './world.fixture.ts';

export const TRUST = '1'.repeat(32);
export const CREDENTIAL = '2'.repeat(32);
export const ACCESS_TOKEN = '3'.repeat(32);
export const GROUP = '4'.repeat(32);
export const TRUSTOR = '5'.repeat(32);

/** Two domains that nothing but a user names. */
export const NORTH = { id: '6'.repeat(32), name: 'North', enabled: true };
export const SOUTH = { id: '7'.repeat(32), name: 'South', enabled: true };

const { auth, identity } = testConfig().current();
const codec = tokenCodec({ methods: auth.methods, defaultDomainId: identity.default_domain_id });

type Kind = TokenPayload['kind'];
type Of<K extends Kind> = Extract<TokenPayload, { kind: K }>;
type Base = 'userId' | 'methods' | 'expiresAt' | 'auditIds' | 'issuedAt';
/** What a kind has besides what every token has. */
export type Particular = { [K in Kind]: Omit<Of<K>, Base> }[Kind];

const federated = { groupIds: [GROUP], idpId: 'google', protocolId: 'openid' };

/** A token of each kind, as Python would say it. */
export const PARTICULARS = {
  trust: { kind: 'trust', projectId: PROJECT, trustId: TRUST },
  'application-credential': {
    kind: 'application-credential',
    projectId: PROJECT,
    applicationCredentialId: CREDENTIAL,
  },
  oauth1: { kind: 'oauth1', projectId: PROJECT, accessTokenId: ACCESS_TOKEN },
  'federated-unscoped': { kind: 'federated-unscoped', ...federated },
  'federated-project': { kind: 'federated-project', projectId: PROJECT, ...federated },
  'federated-domain': { kind: 'federated-domain', domainId: 'default', ...federated },
  'oauth2-mtls': { kind: 'oauth2-mtls', projectId: PROJECT, thumbprint: 'x5t' },
} as const satisfies Record<string, Particular>;

/** Signs a token for the world's user with the newest key. */
export function minted(api: TokenApi, particular: Particular, methods: string[] = ['password']): string {
  const repository = keyRepository(api.keys, { label: 'test' });
  const issuedAt = Math.floor(Date.now() / 1000) + api.world.later;
  const auditIds = [randomBytes(16).toString('base64url')];
  const base = { userId: USER, methods, expiresAt: issuedAt + 3600, auditIds, issuedAt };
  const text = codec.encode({ ...base, ...particular } as TokenPayload, repository.current(), randomBytes);
  repository.close();
  return text;
}

export const personIn = (id: string, domain_id: string): Subject => ({
  id,
  name: `name of ${id.slice(0, 1)}`,
  domain_id,
  enabled: true,
  default_project_id: null,
  password_expires_at: '2030-01-01T00:00:00.000000',
  options: {},
  group_ids: [],
});

export const simpleTrust: Trust = {
  trustor_user_id: TRUSTOR,
  trustee_user_id: USER,
  impersonation: false,
  expires_at: null,
  original_trustor_user_id: TRUSTOR,
  agent_user_ids: [],
  sound: true,
  role_ids: [ROLE.id],
};

export const WHOLE_ROLE = { ...ROLE, domain_id: null, description: 'as stored', options: {} };

export const simpleCredential: ApplicationCredential = {
  id: CREDENTIAL,
  name: 'robot',
  unrestricted: false,
  role_ids: [ROLE.id],
  access_rules: null,
};

/** Gives the world all that a token of any kind stands on. */
export function furnish({ world }: TokenApi): void {
  world.others = [personIn(TRUSTOR, 'default')];
  world.domains = [{ ...NORTH }, { ...SOUTH }];
  world.trust = {
    trust: structuredClone(simpleTrust),
    roles: [WHOLE_ROLE],
    grants: [{ user_id: TRUSTOR, group_id: null, role_id: ROLE.id }],
  };
  world.applicationCredential = structuredClone(simpleCredential);
  world.accessToken = { id: ACCESS_TOKEN, consumer_id: 'c0nsumer', role_ids: [ROLE.id] };
  world.identityProvider = true;
}
