import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError, parseConfigFile, type ConfigFile } from './index.ts';

const problemsOf = (text: string): readonly string[] => {
  try {
    parseConfigFile(text, 'k.conf');
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

const flat = ({ sections }: ConfigFile) =>
  [...sections].flatMap(([section, options]) =>
    [...options].flatMap(([name, values]) => values.map(({ text, line }) => [section, name, text, line])),
  );

test('every value is kept with the line it starts on', () => {
  const text = '[token]\n# seconds\nexpiration = 60\n\n[auth]\nmethods = a,\n  b\n[token]\nexpiration: 61\n';
  expect(flat(parseConfigFile(text, 'k.conf'))).toEqual([
    ['token', 'expiration', '60', 3],
    ['token', 'expiration', '61', 9],
    ['auth', 'methods', 'a,\nb', 6],
  ]);
});

test('all the lines that cannot be read are named, each with its reason', () => {
  const text = 'early = 1\n  more\n[DEFAULT\na = 1\n[]\nb\n = 1\n[ok]\n\n  lost\n= 1\nlast\n';
  expect(problemsOf(text)).toEqual([
    'k.conf:1: an option stands before the first [section]',
    'k.conf:3: a section must end with ]',
    'k.conf:5: a section has no name',
    "k.conf:6: no ':' or '=' in an assignment",
    'k.conf:7: a continuation line continues nothing',
    'k.conf:10: a continuation line continues nothing',
    'k.conf:11: an option has no name',
    "k.conf:12: no ':' or '=' in an assignment",
  ]);
});

test('an error shows nothing of the line, which may hold a secret', () => {
  expect(problemsOf('[database]\nhidden\n  hidden\n[hidden\n= hidden\n').join()).not.toContain('hidden');
});

const line = fc.oneof(
  fc.string(),
  fc.constantFrom('[token]', '[DEFAULT', '[]', 'a = 1', 'b: 2', ' more', '\t', '# c', '', '= 1', '"', "a='b'", '\\'),
);

test('random text is a file or a ConfigError', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(line).map((lines) => lines.join('\n')),
  );
  fc.assert(
    fc.property(text, (random) => {
      try {
        expect(parseConfigFile(random, 'k.conf').name).toBe('k.conf');
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
      }
    }),
    { numRuns: 1000 },
  );
});

test('what is written comes out again', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
  // Inner spaces and quotes may stand anywhere; a line of nothing would end the value.
  const part = fc.stringMatching(/^[!-~]([ -~\u00a1-\u1fff]{0,10}[!-~])?$/);
  const value = fc.array(part, { minLength: 1, maxLength: 3 });
  const file = fc.dictionary(name, fc.dictionary(name, fc.array(value, { minLength: 1, maxLength: 3 })));
  const print = (parts: string[]) =>
    `"${parts[0]}"${parts
      .slice(1)
      .map((more) => `\n\t${more}`)
      .join('')}`;
  fc.assert(
    fc.property(file, (sections) => {
      const text = Object.entries(sections).flatMap(([section, options]) => [
        `[${section}]`,
        ...Object.entries(options).flatMap(([key, values]) => values.map((parts) => `${key} = ${print(parts)}`)),
      ]);
      const read = flat(parseConfigFile(text.join('\n'), 'k.conf')).map((row) => row.slice(0, 3));
      const expected = Object.entries(sections).flatMap(([section, options]) =>
        Object.entries(options).flatMap(([key, values]) => values.map((parts) => [section, key, parts.join('\n')])),
      );
      expect(read).toEqual(expected);
    }),
  );
});

test('a long run of spaces is like any other', () => {
  const spaces = ' '.repeat(200_000);
  expect(flat(parseConfigFile(`[a]\nb = x${spaces}y${spaces}\n`, 'k.conf'))).toEqual([['a', 'b', `x${spaces}y`, 2]]);
});
