import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCESS_TOKEN, furnish, minted, NORTH, PARTICULARS, personIn, SOUTH, TRUSTOR } from './kinds.fixture.ts';
import { PROJECT, ROLE, tokenApi, type TokenApi, type World } from './world.fixture.ts';

let api: TokenApi;

// A service of its own for each test, for it remembers what to ask for.
beforeEach(async () => {
  api = await tokenApi();
  furnish(api);
});
afterEach(() => api.close());

/** How often each of the others is asked for a validation, by subsystem. */
async function questions(text: string, expected = 200): Promise<Record<string, number>> {
  api.world.asked = [];
  expect((await api.validate(text)).status).toBe(expected);
  const subsystems = api.world.asked.map((subject) => subject.split('.')[0] ?? '');
  return Object.fromEntries([...Map.groupBy(subsystems, (name) => name)].map(([name, asked]) => [name, asked.length]));
}

const ONCE = { identity: 1, assignment: 1, catalog: 1 };

const kinds = {
  ...PARTICULARS,
  unscoped: { kind: 'unscoped' },
  project: { kind: 'project', projectId: PROJECT },
  domain: { kind: 'domain', domainId: 'default' },
  system: { kind: 'system', system: 'all' },
} as const;
type Kind = keyof typeof kinds;

const hasScope = (kind: Kind) => !kind.endsWith('unscoped');

test.each(Object.keys(kinds) as Kind[])('a token of kind %s is looked at with one question to each', async (kind) => {
  const text = minted(api, kinds[kind]);
  const first = await questions(text);
  expect(Math.max(...Object.values(first))).toBeLessThanOrEqual(2);
  expect(await questions(text)).toEqual(hasScope(kind) ? ONCE : { identity: 1, assignment: 1 });
  api.world.subject.domain_id = NORTH.id;
  expect(Math.max(...Object.values(await questions(text)))).toBe(2);
  expect(await questions(text)).toEqual(hasScope(kind) ? ONCE : { identity: 1, assignment: 1 });
});

test('a trust among three domains is learned in three rounds, and then looked at in one', async () => {
  api.world.others = [personIn(TRUSTOR, SOUTH.id)];
  api.world.subject.domain_id = NORTH.id;
  const text = minted(api, PARTICULARS.trust);
  expect(await questions(text)).toEqual({ identity: 2, assignment: 3, catalog: 1 });
  expect(await questions(text)).toEqual(ONCE);
  // Another trust of theirs needs no more than to be known.
  const another = minted(api, { ...PARTICULARS.trust, trustId: 'e'.repeat(32) });
  expect(await questions(another)).toEqual({ identity: 2, assignment: 2, catalog: 1 });
});

test('what was learned is never believed: whoever is another now is asked for again', async () => {
  const text = minted(api, PARTICULARS.trust);
  await questions(text);
  const other = '9'.repeat(32);
  api.world.others = [personIn(other, NORTH.id)];
  Object.assign(api.world.trust.trust ?? {}, { trustor_user_id: other, original_trustor_user_id: other });
  api.world.trust.grants = [{ user_id: other, group_id: null, role_id: ROLE.id }];
  expect(await questions(text)).toMatchObject({ identity: 2, assignment: 2 });
  const { body } = await api.validate(text);
  expect(body.token['OS-TRUST:trust'].trustor_user.id).toBe(other);
  api.world.domains = [{ ...NORTH, enabled: false }];
  expect((await api.validate(text)).status).toBe(404);
});

test('a lost role of an application credential costs a question once', async () => {
  const text = minted(api, PARTICULARS['application-credential']);
  api.world.implications['r3'] = [];
  api.world.applicationCredential?.role_ids.push('r3');
  expect(await questions(text)).toEqual({ ...ONCE, assignment: 2 });
  expect(await questions(text)).toEqual(ONCE);
  delete api.world.implications['r3'];
  expect(await questions(text, 404)).toEqual(ONCE);
});

test('other roles of an access token are asked for, whatever was learned of it', async () => {
  const text = minted(api, PARTICULARS.oauth1);
  await questions(text);
  api.world.accessToken = { id: ACCESS_TOKEN, consumer_id: 'c', role_ids: ['r4'] };
  api.world.implications['r4'] = [ROLE.id];
  expect(await questions(text)).toEqual({ ...ONCE, assignment: 2 });
  api.world.accessToken = { id: ACCESS_TOKEN, consumer_id: 'c', role_ids: [] };
  expect((await api.validate(text)).status).toBe(404);
});

const lookUps = (world: World) => world.asked.filter((subject) => subject.startsWith('identity'));

test('a deleted trust is refused without asking who took part in it', async () => {
  const text = minted(api, PARTICULARS.trust);
  api.world.trust = { trust: null, roles: [], grants: [] };
  await questions(text, 404);
  expect(lookUps(api.world)).toHaveLength(1);
});
