import { randomUUID } from 'node:crypto';
import { call, logIn, passwordBody, type Issued } from './client.ts';
import { authorization } from './oauth1.ts';
import type { World } from './world.ts';

export interface Person {
  id: string;
  password: string;
  domain: string;
}

/** A user without roles, made through Python. */
export async function person(it: World, domain = it.domain): Promise<Person> {
  const name = `person-${randomUUID().slice(0, 8)}`;
  const password = `Pw-${randomUUID()}`;
  const { user } = await it.python('POST', '/v3/users', { user: { name, domain_id: domain, password } });
  return { id: user.id, password, domain };
}

/** Grants a role on the world's project. */
export const grantTo = (it: World, { id }: Person, role = it.role) =>
  it.python('PUT', `/v3/projects/${it.project}/users/${id}/roles/${role}`);

/** A user with the world's role on its project. */
export const holder = async (it: World, domain = it.domain): Promise<Person> => {
  const made = await person(it, domain);
  await grantTo(it, made);
  return made;
};

export const tokenOf = (it: World, { id, password }: Person, scope?: unknown): Promise<Issued> =>
  logIn(it.stack.urls.python, passwordBody({ user: { id }, password, scope }));

export const onProject = ({ project }: World) => ({ project: { id: project } });

const success = async (asked: ReturnType<typeof call>) => {
  const answer = await asked;
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};

interface TrustDraft {
  trustee: Person;
  /** Whose token creates it, and as whom. */
  token: string;
  trustor: string;
  [property: string]: unknown;
}

/** @returns the id of a trust for the world's role on its project */
export async function trust(it: World, { trustee, token, trustor, ...more }: TrustDraft): Promise<string> {
  const draft = {
    trustor_user_id: trustor,
    trustee_user_id: trustee.id,
    project_id: it.project,
    impersonation: false,
    roles: [{ id: it.role }],
    ...more,
  };
  const body = await success(
    call(it.stack.urls.python, 'POST', '/v3/OS-TRUST/trusts', { token, body: { trust: draft } }),
  );
  return body.trust.id;
}

export const throughTrust = (it: World, trustee: Person, id: string): Promise<Issued> =>
  tokenOf(it, trustee, { 'OS-TRUST:trust': { id } });

export interface Delegated {
  trustor: Person;
  trustee: Person;
  trust: string;
  token: string;
}

/** A trust between two new people, and a token of it. */
export async function delegated(
  it: World,
  more: Record<string, unknown> = {},
  { trustorDomain, trusteeDomain }: { trustorDomain?: string; trusteeDomain?: string } = {},
): Promise<Delegated> {
  const [trustor, trustee] = [await holder(it, trustorDomain), await person(it, trusteeDomain)];
  const { token } = await tokenOf(it, trustor, onProject(it));
  const id = await trust(it, { trustee, token, trustor: trustor.id, ...more });
  return { trustor, trustee, trust: id, token: (await throughTrust(it, trustee, id)).token };
}

export interface Redelegated extends Delegated {
  last: Person;
  second: string;
}

/** A trust that its trustee has handed on: with impersonation in the name of the trustor, without in his own. */
export async function redelegated(it: World, impersonation: boolean): Promise<Redelegated> {
  const first = await delegated(it, { impersonation, allow_redelegation: true });
  const last = await person(it);
  // Without impersonation Python wants the role of him too (_validate_trust_scope).
  if (!impersonation) await grantTo(it, first.trustee);
  const trustor = impersonation ? first.trustor.id : first.trustee.id;
  const second = await trust(it, { trustee: last, token: first.token, trustor, impersonation });
  return { ...first, last, second, token: (await throughTrust(it, last, second)).token };
}

export interface Credentialed {
  owner: Person;
  id: string;
  token: string;
}

/** An application credential of a new holder, and a token of it. */
export async function credentialed(it: World, more: Record<string, unknown> = {}): Promise<Credentialed> {
  const owner = await holder(it);
  const { token } = await tokenOf(it, owner, onProject(it));
  const made = await success(
    call(it.stack.urls.python, 'POST', `/v3/users/${owner.id}/application_credentials`, {
      token,
      body: { application_credential: { name: 'made-for-a-test', ...more } },
    }),
  );
  const { id, secret } = made.application_credential;
  const issued = await logIn(it.stack.urls.python, {
    auth: { identity: { methods: ['application_credential'], application_credential: { id, secret } } },
  });
  return { owner, id, token: issued.token };
}

export interface Consumed {
  owner: Person;
  consumer: string;
  accessToken: string;
  token: string;
}

/** What a consumer gets from a new holder: OAuth 1 from the first leg to the last, and a token of it. */
export async function consumed(it: World): Promise<Consumed> {
  const owner = await holder(it);
  const base = it.stack.urls.python;
  const { consumer } = await it.python('POST', '/v3/OS-OAUTH1/consumers', { consumer: { description: 'a test' } });
  const leg = async (
    path: string,
    { project, ...signed }: Partial<Parameters<typeof authorization>[0]> & { project?: string },
  ) => {
    const headers = {
      authorization: authorization({ url: `${base}${path}`, consumer, ...signed }),
      ...(project && { 'requested-project-id': project }),
    };
    return new URLSearchParams(String(await success(call(base, 'POST', path, { headers }))));
  };
  const request = await leg('/v3/OS-OAUTH1/request_token', { project: it.project, more: { oauth_callback: 'oob' } });
  const requested = { id: request.get('oauth_token') ?? '', secret: request.get('oauth_token_secret') ?? '' };
  // Python's rule wants an administrator for this step, though he can only let have what is his.
  const admin = (await it.python('GET', '/v3/roles?name=admin')).roles[0].id as string;
  await grantTo(it, owner, admin);
  const { token: authorizing } = await tokenOf(it, owner, onProject(it));
  const { token: verified } = await success(
    call(base, 'PUT', `/v3/OS-OAUTH1/authorize/${requested.id}`, {
      token: authorizing,
      body: { roles: [{ id: it.role }] },
    }),
  );
  await it.python('DELETE', `/v3/projects/${it.project}/users/${owner.id}/roles/${admin}`);
  const granted = await leg('/v3/OS-OAUTH1/access_token', {
    token: requested,
    more: { oauth_verifier: verified.oauth_verifier },
  });
  const access = { id: granted.get('oauth_token') ?? '', secret: granted.get('oauth_token_secret') ?? '' };
  const answer = await call(base, 'POST', '/v3/auth/tokens', {
    headers: { authorization: authorization({ url: `${base}/v3/auth/tokens`, consumer, token: access }) },
    body: { auth: { identity: { methods: ['oauth1'], oauth1: {} } } },
  });
  if (answer.status !== 201) throw new Error(`oauth1: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { owner, consumer: consumer.id, accessToken: access.id, token: String(answer.headers['x-subject-token']) };
}
