import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, type Bus } from '@keystone/bus';
import {
  authenticate,
  catalogFor,
  domainsOf,
  federationStands,
  groupsOf,
  projectsOf,
  resolve,
  rolesOn,
  subjectOf,
  systemOf,
  trustOn,
  type AccessToken,
  type ApplicationCredential,
  type DomainRef,
  type ProjectRef,
  type RoleRef,
  type Subject,
} from '@keystone/contracts';
import { unauthorized } from '@keystone/errors';
import { setupKeys } from '@keystone/keys';
import { testApi, type Settings, type TestApi } from '@keystone/testing';
import { token } from './index.ts';
import type { TrustAnswer } from './known.ts';

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
  /** Who else there is, and which domains. */
  others: Subject[];
  domains: DomainRef[];
  trust: TrustAnswer;
  applicationCredential: ApplicationCredential | null;
  accessToken: AccessToken | null;
  identityProvider: boolean;
  /** Roles there are, and what each implies. */
  implications: Record<string, string[]>;
  systemRoles: RoleRef[];
  /** Subjects of the questions that were asked. */
  asked: string[];
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
    others: [],
    domains: [],
    trust: { trust: null, roles: [], grants: [] },
    applicationCredential: null,
    accessToken: null,
    identityProvider: true,
    implications: { [ROLE.id]: [] },
    systemRoles: [],
    asked: [],
    later: 0,
  };
};

const CATALOG = [{ id: 's', type: 'identity', name: 'keystone', endpoints: [{ id: 'e', url: 'http://k/v3' }] }];

/** A question, heard as it is asked. */
function hearing(bus: Bus, world: World): typeof answer {
  return (_bus, question, reply) =>
    answer(bus, question, (input) => {
      world.asked.push(question.subject);
      return reply(input);
    });
}

const inWorld = (world: World, ids: readonly string[]) =>
  [world.domain, ...world.domains].filter(({ id }) => ids.includes(id));

function identityAnswers(bus: Bus, world: World): void {
  const providers = { service_providers: [] };
  const reply = hearing(bus, world);
  reply(bus, authenticate, async ({ user, password }) => {
    const known = 'id' in user ? user.id === USER : user.name === 'ann' && user.domain_id === 'default';
    if (!known || password !== world.password || !world.subject.enabled) return unauthorized('wrong');
    return { subject: world.subject, ...providers };
  });
  reply(bus, subjectOf, async ({ user_id, other_user_ids, ...named }) => {
    const people = [world.subject, ...world.others];
    return {
      subject: people.find(({ id }) => id === user_id) ?? null,
      ...providers,
      ...(other_user_ids && { others: people.filter(({ id }) => other_user_ids.includes(id)) }),
      ...(named.application_credential_id && { application_credential: world.applicationCredential }),
      ...(named.access_token_id && { access_token: world.accessToken }),
      ...(named.identity_provider_id && {
        identity_provider: world.identityProvider ? { id: named.identity_provider_id, enabled: true } : null,
      }),
    };
  });
  reply(bus, groupsOf, async () => world.subject.group_ids);
  reply(bus, federationStands, async () => true as const);
}

const implied = (world: World, ids: readonly string[]): string[] =>
  ids.flatMap((id) => (world.implications[id] ? [id, ...implied(world, world.implications[id])] : []));

function assignmentAnswers(bus: Bus, world: World): void {
  const reply = hearing(bus, world);
  reply(bus, resolve, async ({ domains, projects }) => ({
    domains: domains.map((key) =>
      ('id' in key ? key.id === 'default' : key.name === 'Default') ? world.domain : null,
    ),
    projects: projects.map((key) => (('id' in key ? key.id === PROJECT : key.name === 'north') ? world.project : null)),
  }));
  reply(bus, rolesOn, async ({ scope, domain_ids, role_ids, federated_group_ids }) => ({
    project: scope && 'project_id' in scope && scope.project_id === PROJECT ? world.project : null,
    domain: scope && 'domain_id' in scope && scope.domain_id === 'default' ? world.domain : null,
    grants: scope ? [...(world.granted ? [{ group_id: null, roles: [ROLE] }] : []), ...world.groupGrants] : [],
    ...(domain_ids && { domains: inWorld(world, domain_ids) }),
    ...(role_ids && { implied_role_ids: implied(world, role_ids) }),
    ...(federated_group_ids && { system_roles: world.systemRoles }),
  }));
  reply(bus, trustOn, async ({ project_id, domain_ids }) => ({
    project: project_id === PROJECT ? world.project : null,
    domains: inWorld(world, domain_ids),
    ...world.trust,
  }));
  reply(bus, projectsOf, async () => [{ id: PROJECT, name: 'north' }]);
  reply(bus, domainsOf, async () => [{ id: 'default', name: 'Default' }]);
  reply(bus, systemOf, async () => world.granted);
}

function answers(bus: Bus, world: World): void {
  identityAnswers(bus, world);
  assignmentAnswers(bus, world);
  hearing(bus, world)(bus, catalogFor, async () => CATALOG);
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
      // What the world holds is in no database that a feed could tell of.
      cache: { enabled: false },
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
