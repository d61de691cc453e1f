import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { alike, distractPython } from './alike.ts';
import { consumed, credentialed, delegated, holder, onProject, redelegated } from './delegation.ts';
import { federated, rescoped } from './federation.ts';
import { minted } from './mint.ts';
import { interopStack } from './stack.ts';
import { world, type World } from './world.ts';

let it: World;

beforeAll(async () => {
  it = await world(await interopStack());
});

type Statuses = [subject: number, caller: number];
type Break<Made> = (made: Made) => Promise<unknown>;

/** Statuses of a token as subject and as caller: no good, so its bearer is nobody. */
const NO_TOKEN: Statuses = [404, 401];
const NOT_FOUND: Statuses = [404, 404];
const FORBIDDEN: Statuses = [403, 403];
const GOOD: Statuses = [200, 200];

const disable = (path: string, member: string) => it.python('PATCH', path, { [member]: { enabled: false } });
const disableUser = ({ id }: { id: string }) => disable(`/v3/users/${id}`, 'user');
const losesRole = ({ id }: { id: string }) =>
  it.python('DELETE', `/v3/projects/${it.project}/users/${id}/roles/${it.role}`);

/** What names the thing in an event ends tokens issued up to this second. */
const revoke = (named: Record<string, string>) =>
  it.stack.sql(`INSERT INTO revocation_event (${Object.keys(named).join()}, issued_before, revoked_at)
    VALUES ('${Object.values(named).join("', '")}', UTC_TIMESTAMP() + INTERVAL 5 SECOND, UTC_TIMESTAMP())`);

async function refused<Made extends { token: string }>(made: Made, broken: Break<Made>, expected: Statuses) {
  expect(await alike(it, made.token)).toEqual(GOOD);
  await broken(made);
  await distractPython(it);
  expect(await alike(it, made.token)).toEqual(expected);
}

const inPast = (id: string) =>
  `UPDATE trust SET expires_at = '2020-01-01', expires_at_int = 1577836800000000 WHERE id = '${id}'`;

const trusts: [string, Statuses, Break<Awaited<ReturnType<typeof delegated>>>][] = [
  ['its trustor is disabled', FORBIDDEN, ({ trustor }) => disableUser(trustor)],
  ['its trustee is disabled', NO_TOKEN, ({ trustee }) => disableUser(trustee)],
  ['its trustor has lost the role', FORBIDDEN, ({ trustor }) => losesRole(trustor)],
  [
    'it is deleted',
    NOT_FOUND,
    ({ trust }) => it.stack.sql(`UPDATE trust SET deleted_at = NOW() WHERE id = '${trust}'`),
  ],
  ['it has expired', NOT_FOUND, ({ trust }) => it.stack.sql(inPast(trust))],
  [
    'it is used up',
    NOT_FOUND,
    ({ trust }) => it.stack.sql(`UPDATE trust SET remaining_uses = 0 WHERE id = '${trust}'`),
  ],
  ['it has uses left', GOOD, ({ trust }) => it.stack.sql(`UPDATE trust SET remaining_uses = 1 WHERE id = '${trust}'`)],
  ['its trustor is deleted', NOT_FOUND, ({ trustor }) => it.python('DELETE', `/v3/users/${trustor.id}`)],
  ['its trustee is deleted', NOT_FOUND, ({ trustee }) => it.python('DELETE', `/v3/users/${trustee.id}`)],
  ['an event names it', NO_TOKEN, ({ trust }) => revoke({ trust_id: trust })],
  ['an event names its trustor', NO_TOKEN, ({ trustor }) => revoke({ user_id: trustor.id })],
  ['an event names its trustee', NO_TOKEN, ({ trustee }) => revoke({ user_id: trustee.id })],
  ['an event names its trustor and role', NO_TOKEN, ({ trustor }) => revoke({ user_id: trustor.id, role_id: it.role })],
  [
    'an event names its trustor and another role',
    GOOD,
    ({ trustor }) => revoke({ user_id: trustor.id, role_id: 'f'.repeat(32) }),
  ],
  ['an event names another trust', GOOD, () => revoke({ trust_id: 'f'.repeat(32) })],
];

test.each(trusts)('a token of a trust when %s: %j', async (_, expected, broken) => {
  await refused(await delegated(it), broken, expected);
});

test('a token of a trust whose trustor acts for himself loses what he loses', async () => {
  await refused(await delegated(it, { impersonation: true }), ({ trustor }) => losesRole(trustor), FORBIDDEN);
});

const chains: [string, Statuses, Break<Awaited<ReturnType<typeof redelegated>>>][] = [
  ['who began has lost the role', FORBIDDEN, ({ trustor }) => losesRole(trustor)],
  ['who handed on has lost the role', FORBIDDEN, ({ trustee }) => losesRole(trustee)],
  ['who handed on is disabled', FORBIDDEN, ({ trustee }) => disableUser(trustee)],
  ['the first has expired', NOT_FOUND, ({ trust }) => it.stack.sql(inPast(trust))],
  [
    'the first may not be handed on any more',
    FORBIDDEN,
    ({ trust }) => it.stack.sql(`UPDATE trust SET redelegation_count = 0 WHERE id = '${trust}'`),
  ],
  [
    'the first does not have the role any more',
    FORBIDDEN,
    ({ trust }) => it.stack.sql(`DELETE FROM trust_role WHERE trust_id = '${trust}'`),
  ],
  [
    'the second impersonates and the first does not',
    FORBIDDEN,
    ({ second }) => it.stack.sql(`UPDATE trust SET impersonation = 1 WHERE id = '${second}'`),
  ],
  [
    'the second has a number of uses',
    FORBIDDEN,
    ({ second }) => it.stack.sql(`UPDATE trust SET remaining_uses = 3 WHERE id = '${second}'`),
  ],
];

test.each(chains)('a token of a trust that was handed on when %s: %j', async (_, expected, broken) => {
  await refused(await redelegated(it, false), broken, expected);
});

test('a token of a trust handed on in another’s name needs what he has, not what the agent has', async () => {
  const made = await redelegated(it, true);
  await refused(made, ({ trustor }) => losesRole(trustor), FORBIDDEN);
});

const credentials: [string, Statuses, Break<Awaited<ReturnType<typeof credentialed>>>][] = [
  ['it is deleted', NOT_FOUND, ({ id }) => it.stack.sql(`DELETE FROM application_credential WHERE id = '${id}'`)],
  [
    'it has expired',
    GOOD,
    ({ id }) => it.stack.sql(`UPDATE application_credential SET expires_at = 1577836800000000 WHERE id = '${id}'`),
  ],
  ['its owner has lost his role', NO_TOKEN, ({ owner }) => losesRole(owner)],
  [
    'its owner’s grant is gone',
    NO_TOKEN,
    ({ owner }) => it.stack.sql(`DELETE FROM assignment WHERE actor_id = '${owner.id}'`),
  ],
  [
    'its role is none any more',
    NOT_FOUND,
    ({ id }) =>
      it.stack.sql(`UPDATE application_credential_role SET role_id = '${'f'.repeat(32)}' WHERE
        application_credential_id = (SELECT internal_id FROM application_credential WHERE id = '${id}') LIMIT 1`),
  ],
  ['its owner is disabled', NO_TOKEN, ({ owner }) => disableUser(owner)],
  ['its owner is deleted', NOT_FOUND, ({ owner }) => it.python('DELETE', `/v3/users/${owner.id}`)],
];

test.each(credentials)('a token of an application credential when %s: %j', async (_, expected, broken) => {
  await refused(await credentialed(it), broken, expected);
});

const accesses: [string, Statuses, Break<Awaited<ReturnType<typeof consumed>>>][] = [
  ['its consumer is deleted', NOT_FOUND, ({ consumer }) => it.python('DELETE', `/v3/OS-OAUTH1/consumers/${consumer}`)],
  [
    'its access token is gone',
    NOT_FOUND,
    ({ accessToken }) => it.stack.sql(`DELETE FROM access_token WHERE id = '${accessToken}'`),
  ],
  [
    'its access token has expired',
    GOOD,
    ({ accessToken }) =>
      it.stack.sql(`UPDATE access_token SET expires_at = '2020-01-01T00:00:00.000000Z' WHERE id = '${accessToken}'`),
  ],
  ['its user has lost the role', NO_TOKEN, ({ owner }) => losesRole(owner)],
  ['its user is disabled', NO_TOKEN, ({ owner }) => disableUser(owner)],
  ['an event names its consumer', NO_TOKEN, ({ consumer }) => revoke({ consumer_id: consumer })],
  ['an event names another consumer', GOOD, () => revoke({ consumer_id: 'f'.repeat(32) })],
];

test.each(accesses)('a token of OAuth 1 when %s: %j', async (_, expected, broken) => {
  await refused(await consumed(it), broken, expected);
});

const federations: [string, Statuses, Break<Awaited<ReturnType<typeof federated>>>][] = [
  ['its group is deleted', NO_TOKEN, ({ group }) => it.python('DELETE', `/v3/groups/${group}`)],
  [
    'its group has lost the role',
    NO_TOKEN,
    ({ group }) => it.python('DELETE', `/v3/projects/${it.project}/groups/${group}/roles/${it.role}`),
  ],
  [
    'its identity provider is disabled',
    GOOD,
    ({ idp }) => disable(`/v3/OS-FEDERATION/identity_providers/${idp}`, 'identity_provider'),
  ],
  [
    'its identity provider is gone',
    NOT_FOUND,
    ({ idp }) => it.python('DELETE', `/v3/OS-FEDERATION/identity_providers/${idp}`),
  ],
  ['its user is disabled', NO_TOKEN, ({ userId }) => disableUser({ id: userId })],
  [
    'its user has a role of his own on the system',
    GOOD,
    ({ userId }) => it.python('PUT', `/v3/system/users/${userId}/roles/${it.role}`),
  ],
];

test.each(federations)('a federated token for a project when %s: %j', async (_, expected, broken) => {
  const login = await federated(it);
  const { token } = await rescoped(it, login, onProject(it));
  await refused({ ...login, token }, broken, expected);
});

test('a federated token without a scope needs its identity provider', async () => {
  const login = await federated(it);
  await refused(login, ({ idp }) => it.python('DELETE', `/v3/OS-FEDERATION/identity_providers/${idp}`), NOT_FOUND);
});

test('a certificate-bound token ends with its user’s role', async () => {
  const owner = await holder(it);
  const payload = { user_id: owner.id, methods: ['oauth2_credential'], project_id: it.project, thumbprint: 'A' };
  const token = await minted(it, { class: 'Oauth2CredentialsScopedPayload', payload });
  await refused({ token }, () => losesRole(owner), NO_TOKEN);
});

test('a token of an EC2 credential can be looked at, and opens nothing', async () => {
  const owner = await holder(it);
  const payload = { user_id: owner.id, methods: ['ec2credential'], project_id: it.project };
  const token = await minted(it, { class: 'ProjectScopedPayload', payload });
  expect(await alike(it, token)).toEqual([200, 403]);
});

const parties: [string, Statuses, boolean, (home: string) => Promise<unknown>][] = [
  ['its trustor’s domain is disabled', NO_TOKEN, true, (home) => disable(`/v3/domains/${home}`, 'domain')],
  ['its trustee’s domain is disabled', NO_TOKEN, false, (home) => disable(`/v3/domains/${home}`, 'domain')],
];

test.each(parties)('a token of a trust across domains when %s: %j', async (_, expected, isTrustors, broken) => {
  const name = `home-${randomUUID().slice(0, 8)}`;
  const home = (await it.python('POST', '/v3/domains', { domain: { name } })).domain.id as string;
  const domains = isTrustors ? { trustorDomain: home } : { trusteeDomain: home };
  for (const impersonation of [true, false]) {
    const { token } = await delegated(it, { impersonation }, domains);
    await refused({ token }, () => broken(home), expected);
    await it.python('PATCH', `/v3/domains/${home}`, { domain: { enabled: true } });
  }
});

test('a token of any kind for a project ends with the project, and with its domain', async () => {
  it = await world(await interopStack());
  const tokens = [
    await delegated(it),
    await delegated(it, { impersonation: true }),
    await redelegated(it, true),
    await credentialed(it),
    await consumed(it),
    await rescoped(it, await federated(it), onProject(it)),
  ].map(({ token }) => token);
  const statuses = async () => {
    await distractPython(it);
    const seen: Statuses[] = [];
    for (const token of tokens) seen.push(await alike(it, token));
    return seen;
  };
  const all = (expected: Statuses) => tokens.map(() => expected);
  expect(await statuses()).toEqual(all(GOOD));
  await disable(`/v3/projects/${it.project}`, 'project');
  expect(await statuses()).toEqual(all(NOT_FOUND));
  await it.python('PATCH', `/v3/projects/${it.project}`, { project: { enabled: true } });
  expect(await statuses()).toEqual(all(GOOD));
  await disable(`/v3/domains/${it.domain}`, 'domain');
  expect(await statuses()).toEqual(all(NOT_FOUND));
});
