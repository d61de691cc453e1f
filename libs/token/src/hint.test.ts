import { expect, test } from 'vitest';
import { hints } from './hint.ts';

test('what was learned is told, by kind and id', () => {
  const held = hints();
  held.learn('user', 'a', ['default']);
  held.learn('project', 'a', ['north']);
  held.learn('user', 'a', ['south']);
  expect([held.of('user', 'a'), held.of('project', 'a'), held.of('user', 'b')]).toEqual([['south'], ['north'], []]);
});

test('what was neither learned nor asked for the longest goes first', () => {
  const held = hints(2);
  held.learn('user', 'a', ['1']);
  held.learn('user', 'b', ['2']);
  held.of('user', 'a');
  held.learn('user', 'c', ['3']);
  expect(['a', 'b', 'c'].map((id) => held.of('user', id))).toEqual([['1'], [], ['3']]);
});

test('to have learned nothing takes no place', () => {
  const held = hints(1);
  held.learn('user', 'a', ['1']);
  held.learn('roles', 'b', []);
  expect(held.of('user', 'a')).toEqual(['1']);
  held.learn('user', 'a', []);
  expect(held.of('user', 'a')).toEqual([]);
});
