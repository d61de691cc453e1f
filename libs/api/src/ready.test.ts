import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compilePolicy } from '@keystone/policy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerOf, type Caller } from './caller.ts';
import { operations } from './operation.ts';
import type { Host } from './pipeline.ts';
import { httpHandler } from './server.ts';

const caller = (role: string): Caller =>
  callerOf({
    token: {
      methods: [],
      user: { id: role, name: role, domain: { id: 'd', name: 'd' } },
      audit_ids: [],
      expires_at: '',
      issued_at: '',
      system: { all: true },
      roles: [{ id: role, name: role }],
    },
    group_ids: [],
  });

const callers: Record<string, Caller> = { admin: caller('admin'), nobody: caller('nobody') };
const served = { ready: 0, usual: 0 };
const sent: unknown[] = [];

const operation = operations<{ known: Map<string, Caller> }>();
const validation = operation({
  method: 'GET',
  path: '/v3/auth/tokens',
  policy: 'identity:validate_token',
  headPolicy: 'identity:check_token',
  hot: true,
  run: async () => {
    served.usual += 1;
    return { from: 'usual' };
  },
  ready({ headers, search, allows }, { known }) {
    const who = known.get(String(headers['x-auth-token']));
    if (!who || !allows(who.credentials, {})) return undefined;
    served.ready += 1;
    return { status: 200, headers: { 'x-search': search }, body: Buffer.from('{"from":"memory"}') };
  },
});

const host: Host = {
  service: 'test',
  authenticate: async (token) => callers[token] ?? null,
  policy: () => policy,
  settings: () => ({ public_endpoint: null, insecure_debug: false, admin_token: null }),
  report: () => undefined,
  sent: (answer) => void sent.push(answer),
};
const policy = compilePolicy();
const server = createServer(
  httpHandler([{ operations: [validation], deps: { known: new Map(Object.entries(callers)) } }] as never, host),
);
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3/auth/tokens`;
});
afterAll(() => void server.close());

const get = (token: string, more: RequestInit = {}, query = '') =>
  fetch(url + query, { ...more, headers: { 'x-auth-token': token } });

test('what is ready is sent as it is, with the headers that every answer has, and is measured', async () => {
  const answer = await get('admin', {}, '?nocatalog');
  expect(await answer.json()).toEqual({ from: 'memory' });
  expect(answer.headers.get('x-search')).toBe('?nocatalog');
  expect(answer.headers.get('vary')).toBe('X-Auth-Token');
  expect(answer.headers.get('x-keystone-service')).toBe('test');
  expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-/);
  expect(sent).toMatchObject([{ action: 'identity:validate_token', method: 'GET', status: 200 }]);
});

test('HEAD has the length and no body, and a rule of its own', async () => {
  const answer = await get('admin', { method: 'HEAD' });
  expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['17', '']);
  expect(sent.at(-1)).toMatchObject({ action: 'identity:check_token' });
});

test('what is not ready, or not allowed, goes the usual way', async () => {
  served.usual = 0;
  expect((await get('nobody')).status).toBe(403);
  expect((await get('stranger')).status).toBe(401);
  callers['late'] = caller('admin');
  expect(await (await get('late')).json()).toEqual({ from: 'usual' });
  expect(served.usual).toBe(1);
});
