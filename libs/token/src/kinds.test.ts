import { ask } from '@keystone/bus';
import { introspect } from '@keystone/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  ACCESS_TOKEN,
  CREDENTIAL,
  furnish,
  GROUP,
  minted,
  PARTICULARS,
  personIn,
  TRUST,
  TRUSTOR,
  WHOLE_ROLE,
} from './kinds.fixture.ts';
import { PROJECT, ROLE, tokenApi, USER, type TokenApi } from './world.fixture.ts';

let api: TokenApi;
const bare = {} as TokenApi['world'];

beforeAll(async () => {
  api = await tokenApi();
  Object.assign(bare, structuredClone(api.world));
});
beforeEach(() => {
  Object.assign(api.world, structuredClone(bare));
  furnish(api);
});
afterAll(() => api.close());

type Kind = keyof typeof PARTICULARS;
const KINDS = Object.keys(PARTICULARS) as Kind[];

const DEFAULT = { id: 'default', name: 'Default' };
const ANN = { id: USER, name: 'ann', domain: DEFAULT, password_expires_at: null };
const project = { project: { id: PROJECT, name: 'north', domain: DEFAULT }, is_domain: false, roles: [ROLE] };
const federation = {
  user: {
    id: USER,
    name: 'ann',
    domain: DEFAULT,
    'OS-FEDERATION': {
      groups: [{ id: GROUP }],
      identity_provider: { id: 'google' },
      protocol: { id: 'openid' },
    },
  },
};

/** What each kind shows besides times, methods, audit ids and catalog. */
const SHOWN: Record<Kind, object> = {
  trust: {
    user: ANN,
    project: project.project,
    roles: [WHOLE_ROLE],
    'OS-TRUST:trust': {
      id: TRUST,
      impersonation: false,
      trustor_user: { id: TRUSTOR },
      trustee_user: { id: USER },
    },
  },
  'application-credential': {
    user: ANN,
    ...project,
    application_credential: { id: CREDENTIAL, name: 'robot', restricted: true },
  },
  oauth1: { user: ANN, ...project, 'OS-OAUTH1': { access_token_id: ACCESS_TOKEN, consumer_id: 'c0nsumer' } },
  'federated-unscoped': federation,
  'federated-project': { ...federation, ...project },
  'federated-domain': { ...federation, domain: DEFAULT, roles: [ROLE] },
  'oauth2-mtls': { user: ANN, ...project, oauth2_credential: { 'x5t#S256': 'x5t' } },
};

test.each(KINDS)('a token of kind %s shows what it stands for', async (kind) => {
  const { status, body } = await api.validate(minted(api, PARTICULARS[kind]), '?nocatalog');
  expect(status).toBe(200);
  const { methods, audit_ids, expires_at, issued_at, ...shown } = body.token;
  expect(methods).toEqual(['password']);
  expect(audit_ids).toHaveLength(1);
  expect(Date.parse(expires_at) - Date.parse(issued_at)).toBe(3_600_000);
  expect(shown).toEqual(SHOWN[kind]);
});

test.each(KINDS)('a token of kind %s shows a catalog where it has a scope', async (kind) => {
  const { body } = await api.validate(minted(api, PARTICULARS[kind]));
  expect('catalog' in body.token).toBe(kind !== 'federated-unscoped');
});

test('a trustee who impersonates is shown as the trustor', async () => {
  if (api.world.trust.trust) api.world.trust.trust.impersonation = true;
  const { body } = await api.validate(minted(api, PARTICULARS.trust));
  expect(body.token.user).toEqual({
    id: TRUSTOR,
    name: 'name of 5',
    domain: DEFAULT,
    password_expires_at: '2030-01-01T00:00:00.000000',
  });
  expect(body.token['OS-TRUST:trust']).toMatchObject({ impersonation: true, trustee_user: { id: USER } });
});

test('roles of a domain are handed on by a trust and shown in none', async () => {
  const ofDomain = { ...WHOLE_ROLE, id: 'd0main', name: 'local', domain_id: 'default' };
  api.world.trust.roles.push(ofDomain);
  api.world.trust.trust?.role_ids.push(ofDomain.id);
  const text = minted(api, PARTICULARS.trust);
  expect((await api.validate(text)).status).toBe(403);
  api.world.trust.grants.push({ user_id: TRUSTOR, group_id: null, role_id: ofDomain.id });
  expect((await api.validate(text)).body.token.roles).toEqual([WHOLE_ROLE]);
});

test('a federated token has what the groups hold that it names, and what is granted on the system', async () => {
  api.world.granted = false;
  api.world.groupGrants = [{ group_id: 'another', roles: [{ id: 'r1', name: 'other' }] }];
  const text = minted(api, PARTICULARS['federated-project']);
  expect((await api.validate(text)).status).toBe(404);
  api.world.groupGrants.push({ group_id: GROUP, roles: [ROLE] });
  expect((await api.validate(text)).body.token.roles).toEqual([ROLE]);
  api.world.systemRoles = [ROLE, { id: 'r2', name: 'reader' }];
  expect((await api.validate(text)).body.token.roles).toEqual([ROLE, { id: 'r2', name: 'reader' }]);
});

test('an application credential and an access token give what their user still holds, the latter what that implies too', async () => {
  const [reader, writer] = [
    { id: 'r1', name: 'reader' },
    { id: 'r2', name: 'writer' },
  ];
  api.world.groupGrants = [{ group_id: 'g1', roles: [reader, writer] }];
  api.world.implications = { [ROLE.id]: [reader.id], [reader.id]: [], [writer.id]: [] };
  const roles = async (kind: Kind) => (await api.validate(minted(api, PARTICULARS[kind]))).body.token.roles;
  expect(await roles('oauth1')).toEqual([ROLE, reader]);
  expect(await roles('application-credential')).toEqual([ROLE]);
  if (api.world.applicationCredential) api.world.applicationCredential.role_ids = [writer.id, 'r3'];
  api.world.implications['r3'] = [];
  expect(await roles('application-credential')).toEqual([writer]);
});

const RULES = [{ id: 'rule', service: 'identity', path: '/v3/users', method: 'GET' }];

test('a token with access rules is shown to whoever knows of them', async () => {
  Object.assign(api.world.applicationCredential ?? {}, { access_rules: RULES });
  const text = minted(api, PARTICULARS['application-credential']);
  const look = (version?: string) =>
    api.as('system-admin').send('GET', '/v3/auth/tokens', {
      headers: { 'x-subject-token': text, ...(version && { 'openstack-identity-access-rules': version }) },
    });
  const { status, body } = await look('1.0');
  expect([status, body.token.application_credential.access_rules]).toEqual([200, RULES]);
  for (const version of [undefined, '0.9', 'much']) expect((await look(version)).status).toBe(404);
});

test('who asks with a delegated token is told apart for policy', async () => {
  const caller = (kind: Kind, methods?: string[]) =>
    ask(api.bus, introspect, { token: minted(api, PARTICULARS[kind], methods) });
  expect(await caller('federated-project')).toMatchObject({ group_ids: [GROUP] });
  expect(await caller('trust')).toMatchObject({ group_ids: [], token: { 'OS-TRUST:trust': { id: TRUST } } });
  expect(await caller('application-credential')).not.toHaveProperty('identity_in_catalog');
  Object.assign(api.world.applicationCredential ?? {}, { access_rules: RULES });
  expect(await caller('application-credential')).toMatchObject({ identity_in_catalog: true });
  await expect(caller('oauth2-mtls', ['ec2credential'])).rejects.toMatchObject({ status: 403 });
});

test.each(KINDS.filter((kind) => !kind.startsWith('federated')))(
  'a token of kind %s is exchanged for no other',
  async (kind) => {
    const exchange = (scope?: unknown) => ({
      auth: {
        identity: { methods: ['token'], token: { id: minted(api, PARTICULARS[kind], METHOD[kind]) } },
        ...(scope !== undefined && { scope }),
      },
    });
    for (const scope of [undefined, 'unscoped', { project: { id: PROJECT } }]) {
      await api.as(null).post('/v3/auth/tokens', exchange(scope), 403);
    }
  },
);

/** Of how a token came about, what outlives its text: a mask knows configured methods only. */
const METHOD: Partial<Record<Kind, string[]>> = {
  'application-credential': ['application_credential'],
  'oauth2-mtls': ['oauth2_credential'],
};

test('an agent of a trust must be there and enabled, in a domain that is', async () => {
  const agent = personIn('8'.repeat(32), 'default');
  if (api.world.trust.trust) api.world.trust.trust.agent_user_ids = [agent.id];
  const text = minted(api, PARTICULARS.trust);
  expect((await api.validate(text)).status).toBe(403);
  api.world.others.push(agent);
  expect((await api.validate(text)).status).toBe(200);
  agent.enabled = false;
  expect((await api.validate(text)).status).toBe(403);
});

test('a federated token is exchanged for a federated one, with its expiry and an audit chain of its own', async () => {
  const first = minted(api, PARTICULARS['federated-unscoped'], ['mapped']);
  const exchange = (scope?: unknown) => ({
    auth: { identity: { methods: ['token'], token: { id: first } }, ...(scope !== undefined && { scope }) },
  });
  const known = (await api.validate(first)).body.token;
  // Nobody's default project is taken for a federated user.
  api.world.subject.default_project_id = PROJECT;
  for (const [scope, shown] of [
    [undefined, federation],
    ['unscoped', federation],
    [{ project: { id: PROJECT } }, { ...federation, ...project }],
    [{ domain: { id: 'default' } }, { ...federation, domain: DEFAULT, roles: [ROLE] }],
  ] as const) {
    const { headers, body } = await api.as(null).post('/v3/auth/tokens', exchange(scope), 201);
    const { methods, audit_ids, expires_at, issued_at: _, catalog: __, ...token } = body.token;
    expect(token).toEqual(shown);
    expect([methods.toSorted(), audit_ids.length, expires_at]).toEqual([['mapped', 'token'], 1, known.expires_at]);
    const again = await api.validate(headers.get('x-subject-token') ?? '');
    expect(again.body.token).toEqual(body.token);
  }
  await api.as(null).post('/v3/auth/tokens', exchange({ system: { all: true } }), 403);
  api.world.granted = false;
  await api.as(null).post('/v3/auth/tokens', exchange({ project: { id: PROJECT } }), 401);
});
