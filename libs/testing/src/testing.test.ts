import { operations, Type, closed } from '@keystone/api';
import { answer, question } from '@keystone/bus';
import { ask } from '@keystone/bus';
import { KeystoneError } from '@keystone/errors';
import { module } from '@keystone/module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerAs, personas, testApi, whoMay, type TestApi } from './index.ts';

interface Deps {
  limit(): number | null;
  greet(): Promise<string>;
}

const greeting = question('test.greeting', Type.Object({}), Type.String());
const operation = operations<Deps>();

const subject = module<Deps>({
  name: 'subject',
  tables: [],
  operations: [
    operation({
      method: 'GET',
      path: '/v3/services',
      policy: 'identity:list_services',
      reply: Type.Object({ who: Type.String(), limit: Type.Union([Type.Number(), Type.Null()]) }, closed),
      run: async ({ caller, queryAll }, { limit }) => {
        const asked = Object.fromEntries(queryAll);
        if ('crash' in asked) throw new Error('the reason why');
        return { who: caller?.token.user.name, limit: limit(), ...('more' in asked && { more: 1 }) };
      },
    }),
    operation({
      method: 'DELETE',
      path: '/v3/services/{service_id}',
      policy: 'identity:delete_service',
      run: async ({ params }) => {
        throw new KeystoneError(404, params.service_id);
      },
    }),
    operation({
      method: 'GET',
      path: '/',
      policy: { why: 'a test' },
      run: async (_, { greet }) => ({ greeting: await greet() }),
    }),
  ],
  deps: ({ bus, config, log }) => ({
    limit: () => config().catalog.list_limit,
    greet: () => (log.info('greeted', {}), ask(bus, greeting, {})),
  }),
});

let api: TestApi;
beforeAll(async () => {
  api = await testApi([subject], {
    callers: { alice: callerAs('project-reader', { userId: 'a' }) },
    policy: { 'identity:delete_service': 'role:manager' },
    answers: (bus) => answer(bus, greeting, async () => 'hello'),
  });
});
afterAll(() => api.close());

test('a persona has the scope and the roles that its name says, implied ones too', () => {
  expect(personas).toHaveLength(15);
  const { credentials } = callerAs('project-manager', { projectId: 'p', domainId: 'd' });
  expect(credentials).toMatchObject({ user_id: 'project-manager', project_id: 'p', project_domain_id: 'd' });
  expect(credentials.roles).toEqual(['manager', 'member', 'reader']);
  expect(callerAs('system-none').credentials).toMatchObject({ system_scope: 'all', domain_id: null, roles: [] });
  expect(callerAs('domain-reader').credentials).toMatchObject({ domain_id: 'default', project_id: null });
});

test('who may do something is found by asking as everybody', async () => {
  const admins = ['system-admin', 'project-admin'];
  expect((await whoMay(api, 'GET', '/v3/services')).toSorted()).toEqual(
    [...admins, 'system-manager', 'system-member', 'system-reader'].toSorted(),
  );
  expect(await whoMay(api, 'DELETE', '/v3/services/x')).toEqual([
    'system-admin',
    'system-manager',
    'project-admin',
    'project-manager',
  ]);
});

test('what is open to nobody in particular is not taken for forbidden', async () => {
  await expect(whoMay(api, 'GET', '/')).rejects.toThrow('GET / as nobody: 200 instead of 401');
});

test('an unexpected status fails with the answer, and an unexpected error with its reason', async () => {
  await expect(api.as('alice').get('/v3/services', 200)).rejects.toThrow(/as alice: 403 .* instead of 200/);
  await expect(api.as('project-admin').get('/v3/services?crash', 200)).rejects.toThrow('the reason why');
});

test('an answer that does not fit its schema is no success', async () => {
  await expect(api.as('project-admin').get('/v3/services?more', 200)).rejects.toThrow("('more' was unexpected)");
});

test('options hold from the moment they are set, and only those', async () => {
  const limit = async () => (await api.as('project-admin').get('/v3/services', 200)).body.limit;
  expect(await limit()).toBeNull();
  api.configure({ catalog: { list_limit: 3 } });
  expect(await limit()).toBe(3);
  api.configure({});
  expect(await limit()).toBeNull();
});

test('questions to other subsystems are answered by the test, and the log is kept', async () => {
  expect((await api.as(null).get('/', 200)).body).toEqual({ greeting: 'hello' });
  expect(api.log.some((line) => line.includes('greeted'))).toBe(true);
});
