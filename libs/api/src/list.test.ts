import { expect, test } from 'vitest';
import { collection, matches, readFilters, readPage } from './list.ts';

const queryOf = (search: string) => [...new URLSearchParams(search)];
const filters = (search: string) => readFilters(queryOf(search), ['name', 'type']);

test('a filter is an attribute that is supported, with or without a comparator', () => {
  expect(filters('?name=x&other=y&limit=1&type=')).toEqual([
    { name: 'name', comparator: 'equals', caseSensitive: true, value: 'x' },
    { name: 'type', comparator: 'equals', caseSensitive: true, value: '' },
  ]);
  expect(filters('?name__contains=x&type__istartswith=y&name__iendswith=z')).toEqual([
    { name: 'name', comparator: 'contains', caseSensitive: true, value: 'x' },
    { name: 'type', comparator: 'startswith', caseSensitive: false, value: 'y' },
    { name: 'name', comparator: 'endswith', caseSensitive: false, value: 'z' },
  ]);
});

test('to be equal is what a filter means without a comparator', () => {
  for (const name of ['name', 'name__equals', 'name__iequals']) {
    expect(filters(`?${name}=x`)).toEqual([{ name: 'name', comparator: 'equals', caseSensitive: true, value: 'x' }]);
  }
});

test('a comparator that nobody knows filters nothing', () => {
  expect(filters('?name__like=x&name__=x&name__i=x&names=x&other__contains=x&name__icontains__x=1')).toEqual([]);
});

test('each of a filter’s values must fit', () => {
  expect(filters('?name=a&name=b')).toHaveLength(2);
});

test.each([
  ['?name=Nova', true],
  ['?name=nova', false],
  ['?name__contains=ov', true],
  ['?name__contains=OV', false],
  ['?name__icontains=OV', true],
  ['?name__startswith=No', true],
  ['?name__endswith=VA', false],
  ['?name__iendswith=VA', true],
  ['?type=compute', false],
  ['?type__contains=', false],
])('%s fits a service named Nova without a type: %s', (search, fits) => {
  expect(filters(search).every((filter) => matches({ name: 'Nova', type: null }, filter))).toBe(fits);
});

test('a flag is what the words for false are not', () => {
  const fits = (value: string, enabled: boolean) =>
    matches({ enabled }, { name: 'enabled', comparator: 'equals', caseSensitive: true, value });
  for (const word of ['0', 'f', 'False', 'n', 'NO', 'off'])
    expect([fits(word, true), fits(word, false)]).toEqual([false, true]);
  for (const word of ['1', 'true', 'yes', '', 'whatever']) expect(fits(word, true)).toBe(true);
});

const page = (search: string, configured: number | null = null) =>
  readPage({ queryAll: queryOf(search) }, { configured, most: 10 });

test('a limit is what is asked, at most the most, else what is configured', () => {
  expect(page('')).toEqual({ limit: undefined, marker: undefined });
  expect(page('', 3)).toEqual({ limit: 3, marker: undefined });
  expect(page('?limit=2&marker=m', 3)).toEqual({ limit: 2, marker: 'm' });
  expect(page('?limit=99', 3).limit).toBe(10);
  expect(page('?limit=0').limit).toBe(0);
  expect(page('?limit=1&limit=2').limit).toBe(1);
  expect(page('?limit=&marker=', 3)).toEqual({ limit: 3, marker: undefined });
});

test('a limit that is no whole number is refused', () => {
  for (const limit of ['abc', '-1', '1.5', '0x1', '١']) expect(() => page(`?limit=${limit}`)).toThrow('limit');
});

const listed = (search: string, shown: Parameters<typeof collection>[3]) => {
  const request = {
    queryAll: queryOf(search),
    url: (path: string) => `http://k${path}`,
    target: { path: '/v3/services', search },
  };
  const body = collection(request, 'services', [{ id: 'a' }, { id: 'b' }, { id: 'c' }], shown);
  return body as typeof body & { services: { id: string }[] };
};

test('a list that fits has no next page', () => {
  for (const shown of [{}, { limit: 3 }, { limit: 4, marker: 'x' }]) {
    expect(listed('?type=x', shown)).toEqual({
      services: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
      links: { self: 'http://k/v3/services?type=x', next: null, previous: null },
    });
  }
});

test('one that is cut says so, and where it goes on', () => {
  const { services, truncated, links } = listed('?limit=2', { limit: 2 });
  expect([services, truncated]).toEqual([[{ id: 'a' }, { id: 'b' }], true]);
  expect(links.next).toBe('http://k/v3/services?limit=2&marker=b');
  expect(listed('', { limit: 2 }).links.next).toBe('http://k/v3/services?marker=b&limit=2');
  expect(listed('', { limit: 3, truncated: true }).links.next).toBe('http://k/v3/services?marker=c&limit=3');
  expect(listed('', { limit: 0 })).toEqual({
    services: [],
    truncated: true,
    links: { self: 'http://k/v3/services', next: null, previous: null },
  });
});

test('the next page keeps what was asked, each parameter once, written as Python writes it', () => {
  const { links } = listed('?marker=a&type=%7E*%20%C3%A9%2F%27&type=2&limit=9&x', { limit: 1, marker: 'a' });
  expect(links.next).toBe('http://k/v3/services?marker=a&type=~%2A+%C3%A9%2F%27&limit=1&x=');
});
