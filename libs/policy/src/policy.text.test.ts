import { expect, test } from 'vitest';
import { parsePolicyText, PolicyFileError } from './index.ts';

test.each([
  ['nothing', ''],
  ['only comments', '# "identity:list_users": "role:admin"\n'],
  ['an empty mapping', '{}'],
  ['null', 'null'],
  ['an empty document', '---\n'],
])('a file that holds %s overrides nothing', (_, text) => {
  expect(parsePolicyText(text, 'policy.yaml')).toEqual({});
});

test('YAML and JSON say the same', () => {
  const rules = { 'identity:list_users': 'role:a or role:b', list: [['role:a', 'role:b'], ['@']], any: '' };
  expect(parsePolicyText(JSON.stringify(rules), 'policy.json')).toEqual(rules);
  expect(parsePolicyText(JSON.stringify(rules, null, '\t'), 'policy.json')).toEqual(rules);
  const yaml = `
"identity:list_users": >-
  role:a or
  role:b
list:
  - [role:a, role:b]
  - ["@"]
any: ""
`;
  expect(parsePolicyText(yaml, 'policy.yaml')).toEqual(rules);
});

test('an alias stands for its anchor, and the last of two equal names counts', () => {
  expect(parsePolicyText('a: &rule role:x\nb: *rule\nc: "1"\nc: "2"\n', 'policy.yaml')).toEqual({
    a: 'role:x',
    b: 'role:x',
    c: '2',
  });
});

test('a name that JavaScript knows is a rule like any other', () => {
  const rules = parsePolicyText('{"__proto__": "role:x", "constructor": "@"}', 'policy.json');
  expect(Object.entries(rules)).toEqual([
    ['__proto__', 'role:x'],
    ['constructor', '@'],
  ]);
});

test.each([
  ['broken YAML', 'a: [', /policy\.yaml: /],
  ['broken JSON', '{"a": "b"', /policy\.yaml: /],
  ['two documents', 'a: b\n---\nc: d\n', /policy\.yaml: /],
  ['an alias without an anchor', 'a: *b\n', /policy\.yaml: .*b/],
  ['a tag that nobody knows', 'a: !python/object x\n', /policy\.yaml: .*python/],
  ['a list', '- a\n', /policy\.yaml: is not a mapping/],
  ['a text', 'role:admin\n', /policy\.yaml: is not a mapping/],
  ['a number for a rule', 'a: 1\n', /policy\.yaml: rule "a" must be a string or a list/],
  ['no rule', 'a:\n', /policy\.yaml: rule "a" must be a string or a list/],
  ['a truth value for a rule', 'a: yes\n', /policy\.yaml: rule "a" must be a string or a list/],
  ['a mapping for a rule', 'a: {b: c}\n', /policy\.yaml: rule "a" must be a string or a list/],
])('%s is an error that names the file', (_, text, message) => {
  expect(() => parsePolicyText(text, 'policy.yaml')).toThrow(PolicyFileError);
  expect(() => parsePolicyText(text, 'policy.yaml')).toThrow(message);
});
