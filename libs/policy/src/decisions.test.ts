import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compilePolicy, defaultRules, type DefaultRule, type PolicyCredentials, type PolicyTarget } from './index.ts';

// Answers of oslo.policy 6.0.1 itself; testdata/generate.py says how they were made.
const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../testdata/${name}`, import.meta.url), 'utf8')) as T;

type Rules = Record<string, string | unknown[]>;
type Named<T> = Record<string, T>;

const plain = (name: string, check = '!'): DefaultRule => ({
  name,
  check,
  scopes: null,
  operations: [],
  deprecated: null,
  deprecatedForRemoval: false,
});

/** Where Python raises an exception (E), ours denies. */
const EXPECTED: Named<string> = { T: 'allowed', F: 'forbidden', S: 'wrong-scope', E: 'forbidden' };
const expected = (answers: string) => Array.from(answers, (letter) => EXPECTED[letter]);

/** Literals that ours does not read, and says so: bytes and containers. They deny, whatever Python makes of them. */
const STRICTER = ["b'x':b'x'", ['[1, 2]:[1, 2]']].map((rule) => JSON.stringify(rule));

describe('the rule language decides as oslo.policy does', () => {
  const { credentials, targets, support, table } = read<{
    credentials: Named<PolicyCredentials>;
    targets: Named<PolicyTarget>;
    support: Rules;
    table: { rules: Rules | string | unknown[]; answers: string }[];
  }>('decisions.json');
  const cases = Object.values(credentials).flatMap((who) => Object.values(targets).map((what) => [who, what] as const));

  test.each(table.map(({ rules, answers }) => [JSON.stringify(rules), rules, answers] as const))(
    '%s',
    (text, rules, answers) => {
      const overrides: Rules =
        typeof rules === 'string' || Array.isArray(rules) ? { ...support, x: rules } : { ...support, ...rules };
      const policy = compilePolicy({ overrides, defaults: [plain('x')] });
      const decided = cases.map(([who, what]) => policy.decide('x', who, what));
      if (!STRICTER.includes(text)) return expect(decided).toEqual(expected(answers));
      expect(policy.problems.join()).toMatch(/neither a literal nor a path/);
      return expect(new Set(decided)).toEqual(new Set(['forbidden']));
    },
  );
});

describe('deprecated rules count as oslo.policy counts them', () => {
  const { defaults, credentials, table } = read<{
    defaults: (Pick<DefaultRule, 'name' | 'check' | 'deprecated'> & Partial<DefaultRule>)[];
    credentials: PolicyCredentials[];
    table: { overrides: Rules; enforceNewDefaults: boolean; answers: Named<string> }[];
  }>('renames.json');
  const rules = defaults.map((rule) => ({ ...plain(rule.name), ...rule }));

  test.each(table.map((row) => [JSON.stringify(row.overrides), row.enforceNewDefaults, row.answers] as const))(
    'with the file %s and enforce_new_defaults %s',
    (overrides, enforceNewDefaults, answers) => {
      const policy = compilePolicy({ overrides: JSON.parse(overrides) as Rules, enforceNewDefaults, defaults: rules });
      for (const { name } of rules) {
        const decisions = credentials.map((who) => policy.decide(name, who, {}));
        expect(decisions, name).toEqual(expected(answers[name] ?? ''));
      }
    },
  );
});

describe("Keystone's default rules decide as Python's do, for every persona", () => {
  const personas = read<{
    credentials: Named<PolicyCredentials>;
    targets: Named<PolicyTarget>;
    newDefaults: Named<string>;
    oldDefaults: Named<string>;
  }>('personas.json');
  const cases = Object.entries(personas.credentials).flatMap(([name, who]) =>
    Object.entries(personas.targets).map(([about, what]) => ({ label: `${name} about ${about}`, who, what })),
  );

  test.each(['newDefaults', 'oldDefaults'] as const)('%s', (set) => {
    const policy = compilePolicy({ enforceNewDefaults: set === 'newDefaults' });
    for (const { name } of defaultRules.filter((rule) => !rule.deprecatedForRemoval)) {
      const wanted = expected(personas[set][name] ?? '');
      const decided = cases.map(({ label, who, what }) => [label, policy.decide(name, who, what)]);
      expect(decided, name).toEqual(cases.map(({ label }, index) => [label, wanted[index]]));
    }
  });

  test('there are as many as Python has', () => {
    expect(Object.keys(personas.newDefaults).sort()).toEqual(defaultRules.map((rule) => rule.name).sort());
    expect(defaultRules).toHaveLength(204);
  });
});
