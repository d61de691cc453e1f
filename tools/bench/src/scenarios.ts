import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { SERVICES, type RunningFeed, type Stack } from '@keystone/stack-tool';
import type { Shot } from './load.ts';
import type { Contender } from './measure.ts';

export interface Scenario {
  title: string;
  contenders: Contender[];
}

interface Tokens {
  admin: string;
  unscoped: string;
  password: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };

export const login = (password: string, scope: unknown) => ({
  auth: {
    identity: { methods: ['password'], password: { user: { name: 'admin', domain: { id: 'default' }, password } } },
    scope,
  },
});

export const SCOPE = { project: { name: 'admin', domain: { id: 'default' } } };

export async function issue(base: string, body: unknown): Promise<string> {
  const answer = await fetch(`${base}/v3/auth/tokens`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify(body),
  });
  const token = answer.headers.get('x-subject-token');
  if (!token) throw new Error(`no token of ${base}: ${answer.status} ${await answer.text()}`);
  return token;
}

async function tokensOf(stack: Stack): Promise<Tokens> {
  const { OS_PASSWORD: password = '' } = await stack.env();
  const admin = await issue(stack.urls.python, login(password, SCOPE));
  return { admin, unscoped: await issue(stack.urls.python, login(password, 'unscoped')), password };
}

/** A server of its own that sends what ours would. */
async function bare(shot: Shot, url: string, children: ChildProcess[]): Promise<{ url: string; pid: number }> {
  const { method, headers } = shot;
  const answer = await fetch(url + shot.path, { method, headers, ...(shot.body && { body: shot.body }) });
  const child = fork(join(import.meta.dirname, 'bare.ts'));
  children.push(child);
  const hop = new Set(['connection', 'keep-alive', 'date', 'transfer-encoding', 'content-length']);
  const sent = Object.fromEntries([...answer.headers].filter(([name]) => !hop.has(name)));
  child.send({ status: answer.status, headers: sent, body: await answer.text() });
  const port = await new Promise<number>((resolve) => child.once('message', resolve as (port: unknown) => void));
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0 };
}

export const issued = (body: unknown): Shot => ({
  method: 'POST',
  path: '/v3/auth/tokens',
  headers: JSON_TYPE,
  body: JSON.stringify(body),
  status: 201,
});

/** What is measured, on one stack. `close` ends the bare servers. */
export interface Scenarios {
  all: Scenario[];
  /** Once the change feed runs and the memory is live. */
  fromMemory(feed: RunningFeed): Promise<Scenario>;
  close(): void;
}

export async function scenarios(stack: Stack): Promise<Scenarios> {
  const { admin, unscoped, password } = await tokensOf(stack);
  const children: ChildProcess[] = [];
  const { token } = stack.urls.services;
  const ours = () => [...SERVICES, 'nats' as const].flatMap((name) => stack.processes(name));
  const databasePids = () => stack.processes('mariadb');

  const memorised = (feed: RunningFeed) => [...stack.processes('token'), ...stack.processes('nats'), feed.pid];

  const contest = async (title: string, shot: Shot): Promise<Scenario> => {
    const plain = await bare(shot, token, children);
    const shared = { shot, databasePids };
    return {
      title,
      contenders: [
        { ...shared, name: 'bare node:http, same bytes', url: plain.url, pids: () => [plain.pid] },
        { ...shared, name: 'ours: four services and NATS', url: token, pids: ours },
        {
          ...shared,
          name: 'ours, through Envoy',
          url: stack.urls.envoy,
          pids: () => [...ours(), ...stack.processes('envoy')],
        },
        { ...shared, name: 'Python Keystone', url: stack.urls.python, pids: () => stack.processes('python') },
      ],
    };
  };

  const validate: Shot = {
    method: 'GET',
    path: '/v3/auth/tokens',
    headers: { 'x-auth-token': admin, 'x-subject-token': admin },
    status: 200,
  };
  const rescope = { auth: { identity: { methods: ['token'], token: { id: unscoped } }, scope: SCOPE } };
  return {
    all: [
      await contest('Validation of a project token', validate),
      await contest('Issue by token (rescope to a project)', issued(rescope)),
      await contest('Issue by password (bcrypt, 4 rounds)', issued(login(password, SCOPE))),
    ],
    async fromMemory(feed) {
      const { title, contenders } = await contest('Validation of a project token, from memory', validate);
      const [plain, direct, proxied, python] = contenders as [Contender, Contender, Contender, Contender];
      const name = 'ours: token service, NATS and change feed';
      return {
        title,
        contenders: [
          plain,
          { ...direct, name, pids: () => memorised(feed) },
          { ...proxied, pids: () => [...memorised(feed), ...stack.processes('envoy')] },
          python,
        ],
      };
    },
    close: () => children.forEach((child) => child.kill()),
  };
}
