import { describe, expect, test } from 'vitest';
import {
  compilePolicy,
  defaultRules,
  type PolicyAction,
  type PolicyCredentials,
  type PolicyOverrides,
} from './index.ts';

const nobody: PolicyCredentials = {
  user_id: 'u',
  user_domain_id: 'd',
  project_id: null,
  project_domain_id: null,
  domain_id: null,
  system_scope: null,
  roles: [],
};
const admin = { ...nobody, project_id: 'p', project_domain_id: 'd', roles: ['admin'] };
const ACTION: PolicyAction = 'identity:list_users';

const decide = (overrides: PolicyOverrides, who: PolicyCredentials = nobody, target = {}) =>
  compilePolicy({ overrides }).decide(ACTION, who, target);

describe('a decision', () => {
  test('the default rules compile without a problem', () => {
    expect(compilePolicy().problems).toEqual([]);
    expect(compilePolicy({ enforceNewDefaults: false }).problems).toEqual([]);
  });

  test('an action without a default rule is forbidden, even where a file gives it one and to the admin token', () => {
    const policy = compilePolicy({ overrides: { 'identity:fly': '@' } });
    expect(policy.decide('identity:fly', admin, {})).toBe('forbidden');
    expect(policy.decide('identity:fly', { ...nobody, is_admin: true }, {})).toBe('forbidden');
    expect(policy.decide('toString', admin, {})).toBe('forbidden');
  });

  test('an action that is deprecated for removal is forbidden', () => {
    expect(compilePolicy().decide('identity:revocation_list', admin, {})).toBe('forbidden');
  });

  test('the admin token passes whatever scope or rule says', () => {
    expect(decide({ [ACTION]: '!' }, { ...nobody, is_admin: true })).toBe('allowed');
    const domain = { ...nobody, domain_id: 'd', is_admin: true };
    expect(compilePolicy().decide('identity:list_services', domain, {})).toBe('allowed');
  });

  test('rules do not see is_admin', () => {
    expect(decide({ [ACTION]: 'is_admin:False' }, { ...nobody, is_admin: false })).toBe('forbidden');
  });

  test('a scope that the rule is not made for is wrong even for an admin', () => {
    const domainAdmin = { ...nobody, domain_id: 'd', roles: ['admin'] };
    expect(compilePolicy().decide('identity:list_services', domainAdmin, {})).toBe('wrong-scope');
  });

  test('system goes before domain, and nothing at all counts as project', () => {
    const { decide: ask } = compilePolicy({ overrides: { 'identity:list_services': '@' } });
    expect(ask('identity:list_services', { ...nobody, domain_id: 'd', system_scope: 'all' }, {})).toBe('allowed');
    expect(ask('identity:list_services', nobody, {})).toBe('allowed');
  });

  test('an id left out of the credentials is null', () => {
    const { domain_id: _, ...without } = nobody;
    expect(decide({ [ACTION]: 'not domain_id:None' }, without as PolicyCredentials)).toBe('forbidden');
  });
});

describe('what cannot be decided denies', () => {
  test('a remote check grants nothing, is reported, and leaves alternatives as they are', () => {
    const overrides = { [ACTION]: 'http://example.org/%(user_id)s or role:admin' };
    expect(compilePolicy({ overrides }).problems).toEqual([
      expect.stringMatching(/"identity:list_users".*http:\/\/example\.org.*not supported/),
    ]);
    expect(decide(overrides)).toBe('forbidden');
    expect(decide(overrides, admin)).toBe('allowed');
  });

  test.each([
    [{ [ACTION]: 'not https://example.org/' }],
    [{ [ACTION]: 'not rule:ask', ask: 'rule:deeper', deeper: '@ and https://example.org/' }],
    [{ [ACTION]: 'not rule:missing', default: 'http://example.org/' }],
  ])('the negation of a remote check does not allow: %j', (overrides) => {
    expect(decide(overrides, admin)).toBe('forbidden');
  });

  test('a cycle is reported and denies, but only whom Python would not have let by before', () => {
    const overrides = { [ACTION]: 'role:admin or rule:a', a: 'not rule:b', b: 'rule:a' };
    const { problems } = compilePolicy({ overrides });
    for (const name of [ACTION, 'a', 'b']) expect(problems).toContain(`rule "${name}" is part of a cyclical reference`);
    expect(problems).toHaveLength(3);
    expect(decide(overrides)).toBe('forbidden');
    expect(decide(overrides, admin)).toBe('allowed');
    const { decide: ask } = compilePolicy({ overrides });
    expect([ask(ACTION, nobody, {}), ask(ACTION, nobody, {}), ask(ACTION, admin, {})]).toEqual([
      'forbidden',
      'forbidden',
      'allowed',
    ]);
  });

  test('a reference to nothing is reported', () => {
    expect(compilePolicy({ overrides: { mine: 'not rule:gone' } }).problems).toEqual([
      'rule "mine" refers to rule:gone, which is not defined',
    ]);
  });

  test('the rule that stands in for a missing one can be named, and be none', () => {
    const overrides = { [ACTION]: 'rule:gone', spare: '@', default: '!' };
    expect(compilePolicy({ overrides, defaultRule: 'spare' }).decide(ACTION, nobody, {})).toBe('allowed');
    expect(compilePolicy({ overrides, defaultRule: '' }).decide(ACTION, nobody, {})).toBe('forbidden');
  });

  test('whoever listens learns why', () => {
    const told: string[] = [];
    const policy = compilePolicy({
      overrides: { [ACTION]: 'user_id.x:y' },
      onUndecidable: (action, reason) => told.push(`${action}: ${reason}`),
    });
    expect(policy.decide(ACTION, nobody, {})).toBe('forbidden');
    expect(told).toEqual([`${ACTION}: user_id.x leads through a value that is no object`]);
  });

  test('a chain of references longer than the call stack denies', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => [`r${index}`, `not rule:r${index + 1}`]);
    expect(decide({ ...Object.fromEntries(chain), [ACTION]: 'rule:r0' }, admin)).toBe('forbidden');
  });
});

describe('what is no own member of an object is missing', () => {
  test.each(['constructor:x', '__proto__:x', 'token.constructor:x', "'x':%(constructor)s", "'x':%(target.__proto__)s"])(
    '%s',
    (check) => expect(decide({ [ACTION]: `not ${check}` }, { ...nobody, token: {} }, { target: {} })).toBe('allowed'),
  );

  test('a rule may be named like a member of Object', () => {
    expect(decide({ [ACTION]: 'rule:constructor' })).toBe('forbidden');
    expect(decide({ [ACTION]: 'rule:constructor', constructor: '@' })).toBe('allowed');
  });
});

test('every default rule knows its operations or is there for others to refer to', () => {
  for (const { name, operations } of defaultRules) {
    if (name.startsWith('identity:')) expect(operations.length, name).toBeGreaterThan(0);
    for (const { method, path } of operations) {
      expect(method).toMatch(/^(?:GET|HEAD|POST|PUT|PATCH|DELETE)$/);
      expect(path).toMatch(/^\/v3\/\S+$/);
    }
  }
});
