import { randomUUID } from 'node:crypto';
import { call, logIn, type Issued } from './client.ts';
import type { World } from './world.ts';

/** Who logs in through an identity provider, told to Python by its web server in headers. */
export interface Federated {
  idp: string;
  group: string;
  token: string;
  userId: string;
}

/** An identity provider whose users are put into a group of theirs, which is granted the world's role; an unscoped token. */
export async function federated(it: World, more: { domain?: string } = {}): Promise<Federated> {
  const name = `idp-${randomUUID().slice(0, 8)}`;
  const { group } = await it.python('POST', '/v3/groups', { group: { name, domain_id: it.domain } });
  await it.python('PUT', `/v3/projects/${it.project}/groups/${group.id}/roles/${it.role}`);
  await it.python('PUT', `/v3/domains/${it.domain}/groups/${group.id}/roles/${it.role}`);
  const provider = { enabled: true, remote_ids: [name], ...(more.domain && { domain_id: more.domain }) };
  await it.python('PUT', `/v3/OS-FEDERATION/identity_providers/${name}`, { identity_provider: provider });
  const rules = [
    { local: [{ user: { name: '{0}' }, group: { id: group.id } }], remote: [{ type: 'HTTP_X_TEST_USER' }] },
  ];
  await it.python('PUT', `/v3/OS-FEDERATION/mappings/${name}`, { mapping: { rules } });
  const protocol = { mapping_id: name, remote_id_attribute: 'HTTP_X_TEST_ISSUER' };
  await it.python('PUT', `/v3/OS-FEDERATION/identity_providers/${name}/protocols/mapped`, { protocol });
  const login = await call(
    it.stack.urls.python,
    'POST',
    `/v3/OS-FEDERATION/identity_providers/${name}/protocols/mapped/auth`,
    { headers: { 'x-test-issuer': name, 'x-test-user': `somebody of ${name}` } },
  );
  if (login.status !== 201) throw new Error(`federated login: ${login.status} ${JSON.stringify(login.body)}`);
  return {
    idp: name,
    group: group.id,
    token: String(login.headers['x-subject-token']),
    userId: login.body.token.user.id,
  };
}

export const rescoped = (it: World, { token }: Federated, scope: unknown): Promise<Issued> =>
  logIn(it.stack.urls.python, { auth: { identity: { methods: ['token'], token: { id: token } }, scope } });
