import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfigError, OPTIONS, parseConfigFile, resolveConfig } from './index.ts';
import { bool, dict, float, int, list, multi, port, str } from './option.ts';

const DECLARED = {
  DEFAULT: {
    text: str(null),
    whole: int(0),
    broken: float(0),
    yes: bool(false),
    words: list([]),
    pairs: dict(null),
    many: multi([]),
    door: port(0),
  },
};

const resolved = (text: string) => resolveConfig(DECLARED, { files: [parseConfigFile(text, 'k.conf')] });

const escaped = (text: string): string => text.replaceAll('$', () => '$$');

test('values that are printed as Python prints them come out again', () => {
  const text = fc.stringMatching(/^([!-~]([ -~]{0,20}[!-~])?)?$/).filter((value) => !value.endsWith('\\'));
  const word = fc.stringMatching(/^[!#-+\--9;-~]{1,8}$/);
  const values = fc.record({
    text: text.filter((value) => !value.includes('\\$')),
    whole: fc.integer(),
    broken: fc.double({ noNaN: true }).map((value) => value + 0),
    yes: fc.boolean(),
    words: fc.array(word.filter((value) => !value.includes('\\'))),
    pairs: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[a-z:]{0,5}$/)),
    many: fc.array(fc.stringMatching(/^[a-z]{0,5}$/), { minLength: 1 }),
    door: fc.nat(65_535),
  });
  fc.assert(
    fc.property(values, (expected) => {
      const lines = [
        `text = "${escaped(expected.text)}"`,
        `whole = ${expected.whole}`,
        `broken = ${expected.broken}`,
        `yes = ${expected.yes ? 'True' : 'False'}`,
        `words = "${expected.words.map(escaped).join(', ')}"`,
        `pairs = ${Object.entries(expected.pairs)
          .map(([key, value]) => `${key}:${value}`)
          .join(',')}`,
        ...expected.many.map((value) => `many = ${value}`),
        `door = ${expected.door}`,
      ];
      expect(resolved(['[DEFAULT]', ...lines].join('\n')).DEFAULT).toEqual(expected);
    }),
  );
});

test('random values are read, or refused by a ConfigError that names the option', () => {
  const names = Object.entries(OPTIONS).flatMap(([section, options]) =>
    Object.keys(options).map((name) => ({ section, name })),
  );
  const piece = fc.oneof(fc.string(), fc.constantFrom('$', '${', '}', '$token.expiration', ',', ':', '[', ']', '1'));
  const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('').replace(/[\r\n]/g, ' '));
  fc.assert(
    fc.property(fc.constantFrom(...names), value, ({ section, name }, text) => {
      try {
        const file = parseConfigFile(`[${section}]\n${name} = ${text}\n`, 'k.conf');
        expect(resolveConfig(OPTIONS, { files: [file] })).toHaveProperty([section, name]);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        expect((error as ConfigError).problems[0]).toContain(`k.conf:2: [${section}] ${name} `);
      }
    }),
    { numRuns: 300 },
  );
});

test('an error quotes the text as it was written, not what a reference stands for', () => {
  expect(() => resolved('[DEFAULT]\ntext = hidden\nwhole = 1$text\n')).toThrow(
    'k.conf:3: [DEFAULT] whole must be an integer, not "1$text"',
  );
});

test('a port is a port number', () => {
  expect(() => resolved('[DEFAULT]\ndoor = 65536\n')).toThrow('[DEFAULT] door must be at most 65535');
});
