import { EntitySchema } from 'typeorm';
import { expect, test } from 'vitest';
import { column, jsonText, key, nullable } from './column.ts';
import { fold, unfold } from './extra.ts';

const Table = new EntitySchema<{ id: string; extra: string | null }>({
  name: 'user',
  columns: { id: key(column.text), extra: nullable(column.text) },
});

test('JSON is written in ASCII, as by Python', () => {
  expect(jsonText.to({ a: 'né 😀' })).toBe('{"a":"n\\u00e9 \\ud83d\\ude00"}');
});

test('what Python keeps as NaN or Infinity is read as null, in strings left alone, and other faults are told', () => {
  expect(jsonText.from('{"a": NaN, "b": [-Infinity, 1], "c": "NaN \\" Infinity"}')).toEqual({
    a: null,
    b: [null, 1],
    c: 'NaN " Infinity',
  });
  expect(() => jsonText.from('{"a": }')).toThrow(SyntaxError);
});

test('an extra of NULL, of null and of {} are all nothing', () => {
  const row = { id: 'x', extra: null };
  for (const extra of [null, 'null', '{}']) expect(unfold({ ...row, extra })).toEqual({ id: 'x' });
});

test('a property named __proto__ is one like any other', () => {
  const value = JSON.parse('{"id": "x", "__proto__": {"admin": true}}');
  const { extra } = fold(Table, value) as { extra: string };
  expect(extra).toBe('{"__proto__":{"admin":true}}');
  expect(unfold<{ admin?: boolean }>({ extra }).admin).toBeUndefined();
});
