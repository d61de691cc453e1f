import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, type Bus } from '@keystone/bus';
import {
  authenticate,
  catalogFor,
  domainsOf,
  groupsOf,
  projectsOf,
  resolve,
  rolesOn,
  subjectOf,
  systemOf,
  type DomainRef,
  type ProjectRef,
  type Subject,
} from '@keystone/contracts';
import { unauthorized } from '@keystone/errors';
import { setupKeys } from '@keystone/keys';
import { testApi, type Settings, type TestApi } from '@keystone/testing';
import { token } from './index.ts';

export const USER = 'a'.repeat(32);
export const PROJECT = 'b'.repeat(32);
export const ROLE = { id: 'c'.repeat(32), name: 'member' };
export const PASSWORD = 'the-planted-password';

/** What the other subsystems hold; a test changes it between requests. */
export interface World {
  subject: Subject;
  password: string;
  domain: DomainRef;
  project: ProjectRef;
  /** Whether the user holds his role in any scope. */
  granted: boolean;
  groupGrants: { group_id: string; roles: (typeof ROLE)[] }[];
  /** Seconds added to the clock. */
  later: number;
}

const newWorld = (): World => {
  const domain = { id: 'default', name: 'Default', enabled: true };
  return {
    subject: {
      id: USER,
      name: 'ann',
      domain_id: 'default',
      enabled: true,
      default_project_id: null,
      password_expires_at: null,
      options: {},
      group_ids: ['g1'],
    },
    password: PASSWORD,
    domain,
    project: { id: PROJECT, name: 'north', enabled: true, is_domain: false, domain },
    granted: true,
    groupGrants: [],
    later: 0,
  };
};

const CATALOG = [{ id: 's', type: 'identity', name: 'keystone', endpoints: [{ id: 'e', url: 'http://k/v3' }] }];

function answers(bus: Bus, world: World): void {
  const providers = { service_providers: [] };
  answer(bus, authenticate, async ({ user, password }) => {
    const known = 'id' in user ? user.id === USER : user.name === 'ann' && user.domain_id === 'default';
    if (!known || password !== world.password || !world.subject.enabled) return unauthorized('wrong');
    return { subject: world.subject, ...providers };
  });
  answer(bus, subjectOf, async ({ user_id }) => ({ subject: user_id === USER ? world.subject : null, ...providers }));
  answer(bus, groupsOf, async () => world.subject.group_ids);
  answer(bus, resolve, async ({ domains, projects }) => ({
    domains: domains.map((key) =>
      ('id' in key ? key.id === 'default' : key.name === 'Default') ? world.domain : null,
    ),
    projects: projects.map((key) => (('id' in key ? key.id === PROJECT : key.name === 'north') ? world.project : null)),
  }));
  answer(bus, rolesOn, async ({ scope }) => ({
    project: scope && 'project_id' in scope && scope.project_id === PROJECT ? world.project : null,
    domain: scope && 'domain_id' in scope && scope.domain_id === 'default' ? world.domain : null,
    grants: [...(world.granted ? [{ group_id: null, roles: [ROLE] }] : []), ...world.groupGrants],
  }));
  answer(bus, catalogFor, async () => CATALOG);
  answer(bus, projectsOf, async () => [{ id: PROJECT, name: 'north' }]);
  answer(bus, domainsOf, async () => [{ id: 'default', name: 'Default' }]);
  answer(bus, systemOf, async () => world.granted);
}

export interface TokenApi extends TestApi {
  world: World;
  keys: string;
  /** Issues a token. @throws where the status is not 201 */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test says what it expects of the body
  logIn(scope?: unknown, query?: string): Promise<{ text: string; body: any }>;
  /** Validates as an administrator. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  validate(text: string, query?: string): Promise<{ status: number; body: any }>;
}

export const passwordAuth = (scope?: unknown) => ({
  auth: {
    identity: { methods: ['password'], password: { user: { id: USER, password: PASSWORD } } },
    ...(scope !== undefined && { scope }),
  },
});

/** The token service alone, over HTTP, its peers played by a world. */
export async function tokenApi(settings: Settings = {}): Promise<TokenApi> {
  const folder = mkdtempSync(join(tmpdir(), 'kts-token-'));
  const keys = join(folder, 'keys');
  setupKeys(keys);
  const world = newWorld();
  const repository = { key_repository: keys };
  const api = await testApi([token], {
    settings: {
      fernet_tokens: { ...repository, max_active_keys: 3 },
      fernet_receipts: { ...repository, max_active_keys: 3 },
      ...settings,
    },
    answers: (bus) => answers(bus, world),
    clock: () => Date.now() + world.later * 1000,
  });
  return {
    ...api,
    world,
    keys,
    async logIn(scope, query = '') {
      const { headers, body } = await api.as(null).post(`/v3/auth/tokens${query}`, passwordAuth(scope), 201);
      return { text: headers.get('x-subject-token') ?? '', body: body.token };
    },
    validate: (text, query = '') =>
      api.as('system-admin').send('GET', `/v3/auth/tokens${query}`, { headers: { 'x-subject-token': text } }),
    async close() {
      await api.close();
      rmSync(folder, { recursive: true });
    },
  };
}
