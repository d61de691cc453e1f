import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { matchesRule, pathPattern } from './access-rule.ts';

const PATHS = [
  '/v3',
  '/v3/users',
  '/v3/users/7',
  '/v3/users/7/groups',
  '/v3/users/7/groups/8',
  '/v3/users//groups',
  '/v3/usersx',
  '/v3/a.b',
];
const PATTERNS = [
  '/v3/users',
  '/v3/users/*',
  '/v3/users/{id}',
  '/v3/users/{id}/groups',
  '/v3/users/**',
  '/**',
  '/v3/**/groups',
  '/v3/*/*/groups',
  '/v3/us*s',
  '/v3/users/***',
  '/v3/{}',
  '/v3/}users',
  '/v3/a.b',
  '',
];

test('patterns match what they say', () => {
  const matched = (pattern: string) => PATHS.filter((path) => pathPattern(pattern).test(path));
  expect(matched('/v3/users/*')).toEqual(['/v3/users/7']);
  expect(matched('/v3/users/{id}/groups')).toEqual(['/v3/users/7/groups']);
  expect(matched('/v3/users/**')).toEqual([
    '/v3/users/7',
    '/v3/users/7/groups',
    '/v3/users/7/groups/8',
    '/v3/users//groups',
  ]);
  expect(matched('/v3/**/groups')).toEqual(['/v3/users/7/groups', '/v3/users//groups']);
  expect(pathPattern('/v3/a.b').test('/v3/axb')).toBe(false);
});

const python = process.env['KEYSTONE_PYTHON'];

test.skipIf(!python && !process.env['CI'])('patterns match what they match in keystonemiddleware', () => {
  const program = `
import json, sys
from keystonemiddleware.auth_token import _path_matches
patterns, paths = json.load(sys.stdin)
print(json.dumps([[bool(_path_matches(path, pattern)) for path in paths] for pattern in patterns]))`;
  const input = JSON.stringify([PATTERNS, PATHS]);
  const answer = execFileSync(String(python), ['-W', 'ignore', '-c', program], { input, encoding: 'utf8' });
  const ours = PATTERNS.map((pattern) => PATHS.map((path) => pathPattern(pattern).test(path)));
  expect(ours).toEqual(JSON.parse(answer));
});

test('method and path must fit, however the path is written', () => {
  const rule = { service: 'identity', method: 'GET', path: '/v3/users/a b' };
  const fits = (method: string, path: string) => matchesRule(rule, { method, path });
  expect(fits('GET', '/v3/users/a%20b')).toBe(false);
  const quoted = { ...rule, path: '/v3/users/a%20b' };
  const fitsQuoted = (path: string) => matchesRule(quoted, { method: 'GET', path });
  expect(['/v3/users/a%20b', '/v3/users/%61%20b', '/v3/users/a b', '/v3/users/%'].map(fitsQuoted)).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(matchesRule({ ...rule, path: null }, { method: 'GET', path: '/v3' })).toBe(false);
  expect(matchesRule({ ...quoted, method: 'POST' }, { method: 'GET', path: '/v3/users/a%20b' })).toBe(false);
});
