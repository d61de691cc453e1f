import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicy, defaultRules, parseRule, printRule, type PolicyCredentials, type Rule } from './index.ts';

const people: PolicyCredentials[] = [
  ['admin', 'a', null, null],
  ['reader', 'b', 'd', null],
  ['Reader', 'b', null, 'all'],
].map(([role, user, domain, system]) => ({
  user_id: user ?? null,
  user_domain_id: 'd',
  project_id: null,
  project_domain_id: null,
  domain_id: domain ?? null,
  system_scope: system ?? null,
  roles: [role ?? ''],
  token: { roles: [{ name: role }], domain: { id: domain } },
}));
const targets = [{}, { user_id: 'b', target: { user: { id: 'a', domain_id: 'd' }, none: null } }];

const defaults = defaultRules.filter(({ name }) => name === 'owner');

const decisions = (text: string | unknown[]) => {
  const { decide } = compilePolicy({ overrides: { owner: text, helper: 'role:reader' }, defaults });
  return people.flatMap((who) => targets.map((what) => decide('owner', who, what)));
};

const check = fc.constantFrom(
  '@', '!', 'role:admin', 'role:READER', 'rule:helper', 'rule:missing', 'user_id:%(user_id)s', 'domain_id:None',
  'token.roles.name:reader', "'a':%(target.user.id)s", 'None:%(target.none)s', 'domain_id:%(target.user.domain_id)s',
  'class:x', 'user_id.x:y', '"%(user_id)d":x', 'http://example.org/',
); // prettier-ignore

/** Rules as an operator would write them, and what they are to mean, made side by side. */
const { rule: sound } = fc.letrec<{ rule: { text: string; tree: Rule } }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    check.map((text) => ({ text, tree: parseRule(text).rule })),
    tie('rule').map(({ text, tree }) => ({ text: `not (${text})`, tree: { type: 'not' as const, rule: tree } })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('rule'), { minLength: 2, maxLength: 4 }))
      .map(([type, parts]) => ({
        text: parts.map(({ text }) => `( ${text})`).join(` ${type.toUpperCase()}  `),
        tree: { type, rules: parts.map(({ tree }) => tree) },
      })),
  ),
}));

const pieces = fc.constantFrom(
  'and', 'or', 'not', 'OR', '(', ')', '((', '))', '@', '!', 'role:admin', 'role:', ':', '%', '%(', '%(x)s', '%(x)', '"x"', "'",
  'user_id:%(user_id)s)', '(role:x', 'a.b.c:d', '1:1', "'x':%%", '\u00a0', '\u0085', '\ud800', 'token..:x', '-1:%(a)5d', '[]:x', '...:x',
); // prettier-ignore

describe('random rules', () => {
  test('mean what their parentheses say', () => {
    fc.assert(
      fc.property(sound, ({ text, tree }) => {
        expect(parseRule(text)).toEqual({ rule: tree, problems: [] });
      }),
    );
  });

  test('print to a text that decides the same', () => {
    fc.assert(
      fc.property(sound, ({ text }) => {
        expect(decisions(printRule(parseRule(text).rule))).toEqual(decisions(text));
      }),
    );
  });

  test('of any text never throw, and what does not parse denies', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((words) => words.join(' ')),
      fc.array(pieces).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, (any) => {
        const { rule } = parseRule(any);
        const decided = decisions(any);
        expect(decisions(printRule(rule))).toEqual(decided);
        if (rule.type === 'false') expect(new Set(decided)).toEqual(new Set(['forbidden']));
      }),
      { numRuns: 1000 },
    );
  });

  test('of any list never throw', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), pieces, fc.array(pieces))), (list) => {
        expect(decisions(list as unknown[])).toHaveLength(people.length * targets.length);
      }),
    );
  });

  test('of any credentials and targets never throw', () => {
    const object = fc.dictionary(
      fc.constantFrom('roles', 'token', 'target', 'user', 'id', 'user_id', 'user.id', 'domain_id', '__proto__'),
      fc.jsonValue(),
    );
    const { decide } = compilePolicy();
    fc.assert(
      fc.property(object, object, (who, what) => {
        const credentials = { ...people[0], ...who } as PolicyCredentials;
        expect(decide('identity:update_user', credentials, { target: what, ...what })).toMatch(
          /allowed|forbidden|wrong-scope/,
        );
      }),
    );
  });
});

describe('a rule', () => {
  test.each([
    ['role:a or role:b and not role:c', '(role:a or (role:b and not role:c))'],
    ['not role:a and role:b', '(not role:a and role:b)'],
    ['(role:a or role:b) and role:c', '((role:a or role:b) and role:c)'],
    ['role:a and role:b or role:c and role:d', '((role:a and role:b) or (role:c and role:d))'],
    ['', '@'],
    ['not', '!'],
  ])('%j prints as %s', (text, printed) => expect(printRule(parseRule(text).rule)).toBe(printed));

  test('says what is wrong with it', () => {
    expect(parseRule('role:a or foo').problems).toEqual(['"foo" is not a check of the form kind:match']);
    expect(parseRule('role:a or').problems).toEqual(['"role:a or" is not a rule']);
    expect(parseRule([['role:a'], 5]).problems).toEqual(['5 is neither a check nor a list of checks']);
  });

  test('nested beyond reason denies instead of exhausting the stack', () => {
    expect(parseRule(`${'not '.repeat(100_000)}role:a`)).toEqual({
      rule: { type: 'false' },
      problems: ['nested more than 400 deep'],
    });
    expect(parseRule(`${'not ('.repeat(500)}role:a${')'.repeat(500)}`).rule).toEqual({ type: 'false' });
    expect(parseRule(`${'(role:b or not (role:a and '.repeat(200)}@${'))'.repeat(200)}`).rule).toEqual({
      type: 'false',
    });
  });

  test('may be long, and in as many parentheses as one likes', () => {
    expect(printRule(parseRule(`${'('.repeat(50_000)}role:a${')'.repeat(50_000)}`).rule)).toBe('role:a');
    expect(printRule(parseRule(Array(10_000).fill('role:a').join(' or ')).rule)).toHaveLength(10_000 * 10 - 2);
  });
});
