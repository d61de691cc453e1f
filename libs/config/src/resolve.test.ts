import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfigFile, resolveConfig, type Declarations, type Option } from './index.ts';

// What oslo.config gives for the same files and environment: written by testdata/export_cases.py.
interface Case {
  name: string;
  files: string[];
  env: Record<string, string>;
  outcome: { unreadable?: true } & Record<string, { value?: unknown; error?: true }>;
}
interface Cases {
  options: (Partial<Option> & Pick<Option, 'kind'> & { section: string; name: string })[];
  cases: Case[];
}
const { options, cases } = JSON.parse(
  readFileSync(new URL('../testdata/cases.json', import.meta.url), 'utf8'),
) as Cases;

const declare = (without: readonly string[] = []): Declarations =>
  Object.fromEntries(
    ['DEFAULT', 'g'].map((section) => [
      section,
      Object.fromEntries(
        options
          .filter((option) => option.section === section && !without.includes(`${section}.${option.name}`))
          .map(({ section: _, name, ...option }) => [name, { default: null, ...option }]),
      ),
    ]),
  );

const read = (sample: Pick<Case, 'files' | 'env'>, declarations: Declarations) =>
  resolveConfig(declarations, {
    files: sample.files.map((text, index) => parseConfigFile(text, `${index}.conf`)),
    environment: sample.env,
  });

const errorOf = (act: () => unknown): ConfigError => {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('no ConfigError was thrown');
};

const value = (recorded: unknown): unknown =>
  typeof recorded === 'object' && recorded !== null && 'float' in recorded
    ? Number(String(recorded.float).replace('inf', 'Infinity'))
    : recorded;

describe('as oslo.config reads it', () => {
  test.each(cases)('$name', (sample) => {
    if (sample.outcome.unreadable) {
      expect(errorOf(() => read(sample, declare())).message).toMatch(/^0\.conf:\d+: /);
      return;
    }
    const wrong = Object.keys(sample.outcome).filter((key) => sample.outcome[key]?.error);
    if (wrong.length > 0) {
      const { problems } = errorOf(() => read(sample, declare()));
      const named = problems.map((problem) => problem.replace(/^.*: \[(\w+)\] (\w+) .*$/s, '$1.$2'));
      expect(wrong).toEqual(expect.arrayContaining(named));
    }
    const values = read(sample, declare(wrong));
    for (const { section, name, default: fallback = null } of options) {
      const key = `${section}.${name}`;
      const expected = key in sample.outcome ? value(sample.outcome[key]?.value) : fallback;
      if (!wrong.includes(key)) expect(values[section]?.[name], key).toEqual(expected);
    }
  });
});
