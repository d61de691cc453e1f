import { randomUUID } from 'node:crypto';
import type { Stack } from '@keystone/stack-tool';
import { ADMIN_PROJECT, call, logIn, passwordBody } from './client.ts';

/** A cloud with a user who may do something everywhere, made through Python. */
export interface World {
  stack: Stack;
  /** Of the administrator, in the project `admin`. */
  admin: string;
  adminLogin: { user: { name: string; domain: { id: string } }; password: string };
  user: { id: string; name: string; password: string };
  project: string;
  domain: string;
  group: string;
  role: string;
  /** Asks Python as the administrator. @throws where the answer is no success */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies of every route
  python(method: string, path: string, body?: unknown): Promise<any>;
}

export async function world(stack: Stack): Promise<World> {
  const { OS_PASSWORD: password = '' } = await stack.env();
  const adminLogin = { user: { name: 'admin', domain: { id: 'default' } }, password };
  const { token: admin } = await logIn(stack.urls.python, passwordBody({ ...adminLogin, scope: ADMIN_PROJECT }));
  const python: World['python'] = async (method, path, body) => {
    const answer = await call(stack.urls.python, method, path, { token: admin, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const name = `interop-${randomUUID().slice(0, 8)}`;
  const domain = (await python('POST', '/v3/domains', { domain: { name } })).domain.id as string;
  const project = (await python('POST', '/v3/projects', { project: { name, domain_id: domain } })).project.id as string;
  const secret = `Pw-${randomUUID()}`;
  const made = await python('POST', '/v3/users', { user: { name, domain_id: domain, password: secret } });
  const user = { id: made.user.id as string, name, password: secret };
  const group = (await python('POST', '/v3/groups', { group: { name, domain_id: domain } })).group.id as string;
  await python('PUT', `/v3/groups/${group}/users/${user.id}`);
  const role = (await python('GET', '/v3/roles?name=member')).roles[0].id as string;
  // A group's grant on the project, the user's own on domain and system.
  await python('PUT', `/v3/projects/${project}/groups/${group}/roles/${role}`);
  await python('PUT', `/v3/domains/${domain}/users/${user.id}/roles/${role}`);
  await python('PUT', `/v3/system/users/${user.id}/roles/${role}`);
  return { stack, admin, adminLogin, user, project, domain, group, role, python };
}

/** Every scope that a token may have. */
export const scopes = ({ project, domain }: World) =>
  ({
    unscoped: 'unscoped',
    project: { project: { id: project } },
    domain: { domain: { id: domain } },
    system: { system: { all: true } },
    default: undefined,
  }) as const;
