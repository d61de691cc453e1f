import { beforeAll, expect, test } from 'vitest';
import { ACCESS_RULES, alike, distractPython, exchanged } from './alike.ts';
import { call } from './client.ts';
import { credentialed, onProject } from './delegation.ts';
import { federated, type Federated } from './federation.ts';
import { MADE, type Kind } from './kinds.ts';
import { interopStack } from './stack.ts';
import { world, type World } from './world.ts';

let it: World;

beforeAll(async () => {
  it = await world(await interopStack());
});

const kinds = Object.keys(MADE) as Kind[];

test.each(kinds)('a token of kind %s is validated here as Python does it', async (kind) => {
  const token = await MADE[kind](it);
  expect(await alike(it, token)).toEqual([200, 200]);
  // A second time: by then it is known what there is to ask for.
  expect(await alike(it, token)).toEqual([200, 200]);
});

test.each(kinds.filter((kind) => !kind.startsWith('federated')))(
  'a token of kind %s is exchanged for no other, with or without a scope',
  async (kind) => {
    const token = await MADE[kind](it);
    for (const scope of [undefined, onProject(it), 'unscoped']) {
      expect((await exchanged(it, token, scope)).status).toBe(403);
    }
  },
);

const rule = (method: string, path: string, service = 'identity') => ({ method, path, service });

test('whoever validates a token with access rules must know of them', async () => {
  const { token } = await credentialed(it, { access_rules: [rule('GET', '/v3/auth/projects')] });
  expect(await alike(it, token, ACCESS_RULES)).toEqual([200, 200]);
  for (const version of ['0.9', '']) {
    expect(await alike(it, token, { 'openstack-identity-access-rules': version })).toEqual([404, 200]);
  }
  expect(await alike(it, token, { 'openstack-identity-access-rules': '2' })).toEqual([200, 200]);
  expect(await alike(it, token, {})).toEqual([404, 200]);
  // Not even to revoke or exchange it: nobody asks with the header then.
  const { python, services } = it.stack.urls;
  for (const base of [python, services.token]) {
    const sent = { token: it.admin, subject: token, headers: ACCESS_RULES };
    expect((await call(base, 'DELETE', '/v3/auth/tokens', sent)).status).toBe(404);
  }
  expect((await exchanged(it, token)).status).toBe(404);
});

test('a token with access rules is good for the requests that they speak of', async () => {
  const rules = [
    rule('GET', '/v3/projects/*'),
    rule('GET', '/v3/users/{user_id}/groups'),
    rule('GET', '/v3/regions/**'),
    rule('HEAD', '/v3/auth/catalog'),
    rule('GET', '/v3/auth/domains', 'image'),
  ];
  const { token, owner } = await credentialed(it, { access_rules: rules });
  const requests: [string, string, number][] = [
    ['GET', `/v3/projects/${it.project}`, 200],
    ['GET', '/v3/projects', 401],
    ['GET', `/v3/users/${owner.id}/groups`, 200],
    ['GET', `/v3/users/${owner.id}`, 401],
    ['GET', '/v3/regions', 401],
    ['GET', '/v3/regions/none/here', 404],
    ['HEAD', '/v3/auth/catalog', 200],
    ['GET', '/v3/auth/catalog', 401],
    ['GET', '/v3/auth/domains', 401],
    ['GET', '/v3/auth/tokens', 200],
    ['HEAD', '/v3/auth/tokens', 401],
    ['GET', '/v3', 401],
  ];
  const { python, services } = it.stack.urls;
  const ours = (path: string) => {
    if (path.startsWith('/v3/projects')) return services.assignment;
    if (path.startsWith('/v3/users')) return services.identity;
    return path.startsWith('/v3/regions') ? services.catalog : services.token;
  };
  for (const [method, path, status] of requests) {
    for (const base of [python, ours(path)]) {
      const answer = await call(base, method, path, { token, subject: token, headers: ACCESS_RULES });
      expect([method, path, base, answer.status]).toEqual([method, path, base, status]);
    }
  }
});

test('a federated token is exchanged here for the token that Python would give', async () => {
  const login = await federated(it);
  for (const scope of [undefined, 'unscoped', onProject(it), { domain: { id: it.domain } }]) {
    const answers = await exchanged(it, login.token, scope);
    expect(answers.status).toBe(201);
    expect(await alike(it, answers.token)).toEqual([200, 200]);
  }
});

test.each([
  ['its identity provider is disabled', 403, ({ idp }) => [idp, 'identity_provider', { enabled: false }]],
  ['its group is gone', 500, ({ group }) => [`/v3/groups/${group}`]],
  ['its protocol is gone', 404, ({ idp }) => [`/v3/OS-FEDERATION/identity_providers/${idp}/protocols/mapped`]],
  ['its identity provider is gone', 404, ({ idp }) => [`/v3/OS-FEDERATION/identity_providers/${idp}`]],
] as [string, number, (login: Federated) => [string, string?, object?]][])(
  'a federated token is not exchanged when %s: %d',
  async (_, status, broken) => {
    const login = await federated(it);
    const [path, member, change] = broken(login);
    if (!member) await it.python('DELETE', path);
    else await it.python('PATCH', `/v3/OS-FEDERATION/identity_providers/${path}`, { [member]: change });
    await distractPython(it);
    expect((await exchanged(it, login.token, onProject(it))).status).toBe(status);
  },
);
