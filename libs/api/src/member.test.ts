import { expect, test } from 'vitest';
import { keepsId, linked, normalised } from './member.ts';

const request = { url: (path: string) => `http://k${path}` };

test('a member has a link to itself, its id as it is', () => {
  expect(linked(request, 'regions', { id: 'a b/ü', name: 'n' })).toEqual({
    id: 'a b/ü',
    name: 'n',
    links: { self: 'http://k/v3/regions/a b/ü' },
  });
});

test('links that were stored are shown beside it, unless they are none', () => {
  const links = (stored: unknown) => linked(request, 'regions', { id: 'a', links: stored }).links;
  expect(links({ self: 'evil', more: 'x' })).toEqual({ self: 'http://k/v3/regions/a', more: 'x' });
  for (const none of [null, 5, 'x', ['y']]) expect(links(none)).toEqual({ self: 'http://k/v3/regions/a' });
});

test('names lose their colons and dashes, values do not', () => {
  expect(normalised({ 'a-b:c': { 'd-e': 1 }, plain: 'x-y' })).toEqual({ a_b_c: { 'd-e': 1 }, plain: 'x-y' });
  const hostile = normalised(JSON.parse('{"__proto__": {"x": 1}}'));
  expect(Object.keys(hostile)).toEqual(['__proto__']);
  expect(hostile.x).toBeUndefined();
});

test('a change may name the id that is there, or none', () => {
  for (const id of ['a', null, undefined]) expect(() => keepsId({ id }, 'a')).not.toThrow();
  for (const id of ['b', 'A', 5, '', {}]) expect(() => keepsId({ id }, 'a')).toThrow('Cannot change ID');
});
