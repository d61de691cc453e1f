import { ask } from '@keystone/bus';
import { introspect, type Trust } from '@keystone/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { furnish, minted, NORTH, PARTICULARS, personIn, TRUSTOR } from './kinds.fixture.ts';
import { ROLE, tokenApi, USER, type TokenApi, type World } from './world.fixture.ts';

let api: TokenApi;
const bare = {} as World;

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

/** Who asks with a token: nobody, where it is none; else the request itself is refused. */
const NOBODY = null;

const asCaller = (token: string) =>
  ask(api.bus, introspect, { token }).then(
    (found) => found && 200,
    ({ status }: { status: number }) => status,
  );

const of = (change: (trust: Trust) => void) => (world: World) => {
  if (world.trust.trust) change(world.trust.trust);
};

type Case = [
  kind: Kind,
  when: string,
  change: (world: World) => void,
  status: number,
  caller: number | null,
  message: string,
];

const GENERAL = 'You are not authorized to perform the requested action.';
const INVALID = 'Failed to validate token';

const cases: Case[] = [
  ['trust', 'it is gone', ({ trust }) => (trust.trust = null), 404, 404, 'Could not find trust'],
  ['trust', 'it has expired', of((trust) => (trust.expires_at = 1)), 404, 404, 'Could not find trust'],
  ['trust', 'it was handed on as it may not be', of((trust) => (trust.sound = false)), 403, 403, GENERAL],
  ['trust', 'it is another trustee’s', of((trust) => (trust.trustee_user_id = TRUSTOR)), 403, 403, GENERAL],
  ['trust', 'its trustor is gone', (world) => (world.others = []), 404, 404, `Could not find user: ${TRUSTOR}`],
  [
    'trust',
    'its trustor is disabled',
    ({ others }) => others.forEach((who) => (who.enabled = false)),
    403,
    403,
    GENERAL,
  ],
  ['trust', 'its trustor has lost a role', ({ trust }) => (trust.grants = []), 403, 403, GENERAL],
  [
    'trust',
    'who began has lost a role',
    (world) => {
      world.others.push(personIn('9'.repeat(32), 'default'));
      of((trust) => (trust.original_trustor_user_id = '9'.repeat(32)))(world);
    },
    403,
    403,
    GENERAL,
  ],
  ['trust', 'a role of it is gone', ({ trust }) => (trust.roles = []), 404, 404, `Could not find role: ${ROLE.id}`],
  [
    'trust',
    'it has no roles',
    (world) => {
      of((trust) => (trust.role_ids = []))(world);
      world.trust.roles = [];
    },
    404,
    NOBODY,
    INVALID,
  ],
  [
    'trust',
    'its trustor’s domain is disabled',
    (world) => {
      world.others = [personIn(TRUSTOR, NORTH.id)];
      world.domains = [{ ...NORTH, enabled: false }];
    },
    404,
    NOBODY,
    'Trustor domain is disabled.',
  ],
  [
    'trust',
    'its trustor’s domain is gone',
    (world) => (world.others = [personIn(TRUSTOR, 'g0ne')]),
    404,
    404,
    'Could not find domain: g0ne',
  ],
  [
    'trust',
    'its trustee’s domain is disabled',
    (world) => {
      world.subject.domain_id = NORTH.id;
      world.domains = [{ ...NORTH, enabled: false }];
    },
    404,
    NOBODY,
    'Trustee domain is disabled.',
  ],
  ['trust', 'its user is gone', ({ subject }) => (subject.id = 'g0ne'), 404, 404, `Could not find user: ${USER}`],
  ['trust', 'its user is disabled', ({ subject }) => (subject.enabled = false), 404, NOBODY, INVALID],
  [
    'application-credential',
    'it is gone',
    (world) => (world.applicationCredential = null),
    404,
    404,
    'Could not find Application Credential',
  ],
  ['application-credential', 'its owner has no role', (world) => (world.granted = false), 404, NOBODY, INVALID],
  [
    'application-credential',
    'its role is gone',
    (world) => {
      world.granted = false;
      world.implications = {};
    },
    404,
    404,
    `Could not find role: ${ROLE.id}`,
  ],
  ['oauth1', 'its access token is gone', (world) => (world.accessToken = null), 404, 404, 'Access token not found'],
  ['oauth1', 'its user has lost the role', (world) => (world.granted = false), 404, NOBODY, INVALID],
  [
    'oauth1',
    'it is for other roles than its user’s',
    ({ accessToken }) => accessToken && (accessToken.role_ids = ['other']),
    404,
    NOBODY,
    INVALID,
  ],
  [
    'federated-project',
    'its identity provider is gone',
    (world) => (world.identityProvider = false),
    404,
    404,
    'Could not find Identity Provider: google',
  ],
  [
    'federated-unscoped',
    'its identity provider is gone',
    (world) => (world.identityProvider = false),
    404,
    404,
    'Could not find Identity Provider: google',
  ],
  ['federated-domain', 'nobody has a role', (world) => (world.granted = false), 404, NOBODY, INVALID],
  ['oauth2-mtls', 'its user has lost the role', (world) => (world.granted = false), 404, NOBODY, INVALID],
  ['oauth2-mtls', 'its project is disabled', ({ project }) => (project.enabled = false), 404, 404, 'is disabled'],
];

test.each(cases)('a token of kind %s is refused when %s', async (kind, _, change, status, caller, message) => {
  // Users of a cloud live on: an event written down of a disabled one must not end the tokens of the next test.
  api.world.later += 10;
  bare.later = api.world.later;
  const text = minted(api, PARTICULARS[kind]);
  expect([(await api.validate(text)).status, await asCaller(text)]).toEqual([200, 200]);
  change(api.world);
  const { status: refused, body } = await api.validate(text);
  expect([refused, body.error.message]).toEqual([status, expect.stringContaining(message)]);
  expect(await asCaller(text)).toBe(caller);
});

test.each([
  ['trust', { trust_id: PARTICULARS.trust.trustId }, { trust_id: 'another' }],
  ['trust', { user_id: TRUSTOR }, { user_id: 'another' }],
  ['oauth1', { consumer_id: 'c0nsumer' }, { consumer_id: 'another' }],
] as const)('an event ends the tokens of kind %s that it names: %j', async (kind, named, another) => {
  bare.later += 10;
  api.world.later = bare.later;
  const text = minted(api, PARTICULARS[kind]);
  const revoke = (event: Record<string, string>) => {
    const at = new Date(Date.now() + (api.world.later + 5) * 1000).toISOString().slice(0, 19).replace('T', ' ');
    const columns = Object.entries({ ...event, issued_before: at, revoked_at: at });
    return api.database.manager.query(
      `INSERT INTO revocation_event (${columns.map(([name]) => name).join()}) VALUES (${columns.map(() => '?').join()})`,
      columns.map(([, value]) => value),
    );
  };
  await revoke(another);
  expect((await api.validate(text)).status).toBe(200);
  await revoke(named);
  expect((await api.validate(text)).status).toBe(404);
});
