import { feedTables } from '@keystone/contracts';
import { expect, test } from 'vitest';
import { nothing, type Known } from './known.ts';
import { standsOn, touches } from './standing.ts';

const person = (id: string, groups: string[] = []): [string, never] => [
  id,
  { id, domain_id: 'd', group_ids: groups, local_id: 7, enabled: true } as never,
];

const payload = {
  kind: 'project' as const,
  userId: 'u',
  methods: ['password'],
  projectId: 'p',
  expiresAt: 1,
  issuedAt: 0,
  auditIds: ['own', 'first'],
};

const known: Known = {
  ...nothing(),
  people: new Map([person('u', ['g'])]),
  project: { id: 'p', name: 'p', enabled: true, is_domain: false, domain: { id: 'd', name: 'd', enabled: true } },
  catalog: { userId: 'u', entries: [] },
};

const facts = standsOn(payload, known);
const change = (table: string, row: Record<string, string | number | null>) => ({ table, before: null, after: row });

test.each([
  ['user', { id: 'u' }],
  ['local_user', { id: 7, user_id: 'u' }],
  ['password', { local_user_id: 7 }],
  ['user_option', { user_id: 'u' }],
  ['user_group_membership', { user_id: 'u', group_id: 'new' }],
  ['assignment', { actor_id: 'u', target_id: 'p' }],
  ['assignment', { actor_id: 'g', target_id: 'anywhere' }],
  ['system_assignment', { actor_id: 'g' }],
  ['project', { id: 'p' }],
  ['project', { id: 'd' }],
  ['endpoint', { id: 'e' }],
  ['revocation_event', { audit_id: 'own' }],
  ['revocation_event', { audit_chain_id: 'first' }],
  ['revocation_event', { user_id: 'u' }],
  ['revocation_event', { project_id: 'p' }],
])('a change of %s %o is forgotten by what stands on it', (table, row) => {
  const touched = touches(change(table, row));
  expect(touched === 'everything' || touched.some((fact) => facts.includes(fact))).toBe(true);
});

test.each([
  ['user', { id: 'other' }],
  ['password', { local_user_id: 8 }],
  ['assignment', { actor_id: 'other', target_id: 'p' }],
  ['project', { id: 'other' }],
  ['revocation_event', { audit_id: 'other', user_id: 'u' }],
  ['trust', { id: 't' }],
  ['application_credential', { id: 'a' }],
])('a change of %s %o leaves what does not stand on it', (table, row) => {
  const touched = touches(change(table, row));
  expect(touched).not.toBe('everything');
  expect((touched as string[]).some((fact) => facts.includes(fact))).toBe(false);
});

test('both rows of a change count, and a project that moves takes everything with it', () => {
  const moved = (table: string, before: object, after: object) => touches({ table, before, after } as never);
  expect(moved('user_group_membership', { user_id: 'u' }, { user_id: 'v' })).toEqual(['user u', 'user v']);
  expect(moved('project', { id: 'x', parent_id: 'a' }, { id: 'x', parent_id: 'b' })).toBe('everything');
});

test('whatever the feed tells of touches something, but for what no token shows', () => {
  for (const [table, { columns }] of Object.entries(feedTables)) {
    const row = Object.fromEntries(columns.map((name) => [name, 'x']));
    const touched = touches(change(table, row));
    if (table !== 'project_option') expect([table, touched.length > 0]).toEqual([table, true]);
  }
  expect(touches(change('a table of tomorrow', {}))).toBe('everything');
});

test('an event that names nobody in particular touches everything', () => {
  expect(touches(change('revocation_event', { domain_id: 'd' }))).toBe('everything');
  expect(touches(change('revocation_event', { role_id: 'r', user_id: null }))).toBe('everything');
});
