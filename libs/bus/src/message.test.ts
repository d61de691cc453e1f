import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeBuses, type Pair } from './testing/pairs.ts';
import { UNEXPECTED } from './wire.ts';

describeBuses((pair) => {
  let buses: Pair;
  const kept: unknown[] = [];
  const echoed = (message: unknown) => buses.asker.request('test.echo', message);

  beforeAll(async () => {
    buses = await pair({ questionTimeout: 2_000 });
    buses.answerer.serve('test.echo', async (message) => message);
    buses.answerer.serve('test.date', async () => ({ at: new Date(0) }));
    buses.answerer.serve('test.keep', async (message) => {
      kept.push(message);
      return message;
    });
    await buses.settled();
  });

  afterAll(() => buses.drain());

  test.each([
    ['null', null],
    ['text', 'Grüße, 世界 🔑 \u0000'],
    ['numbers', [0, -1, 1.5, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, -(2 ** 53) + 1, 1e300]],
    ['truth', [true, false]],
    ['nothing much', [{}, [], '', new Uint8Array()]],
    ['deep things', { a: { b: [{ c: [[['d']]] }] } }],
    ['bytes', { key: new Uint8Array([0, 255, 10, 13]) }],
    ['many members', Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`member ${i}`, i]))],
    ['long lists', Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `user ${i}` }))],
    ['members named like those of every object', { constructor: 'a', toString: 'b', hasOwnProperty: 'c' }],
  ])('%s arrive as they were', async (_what, message) => {
    expect(await echoed(message)).toStrictEqual(message);
  });

  test.each([
    ['a member that is undefined is left out', { a: undefined, b: 1 }, { b: 1 }],
    ['undefined elsewhere is null', [undefined], [null]],
    ['no message at all is null', undefined, null],
    ['a Buffer is bytes', Buffer.from('ab'), new Uint8Array([97, 98])],
    ['an object without a prototype is a plain one', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a member that would be a prototype is left out', JSON.parse('{"__proto__": {"admin": true}, "a": 1}'), { a: 1 }],
  ])('%s', async (_what, message, arrives) => {
    expect(await echoed(message)).toStrictEqual(arrives);
  });

  test.each([
    ['a Date', new Date(0)],
    ['a big integer', 10n],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['an error', new Error('x')],
    ['a function', () => 1],
    ['another typed array', new Float64Array(1)],
  ])('%s is refused by the sender', async (_what, value) => {
    await expect(echoed({ value })).rejects.toThrow(TypeError);
    expect(() => buses.asker.publish('test.event', { value })).toThrow(TypeError);
  });

  test('an answer that no bus carries is a 500, reported by its sender', async () => {
    buses.told.length = 0;
    expect(await buses.refusal('test.date', {})).toMatchObject({ status: 500, message: UNEXPECTED });
    expect(buses.told).toEqual([{ error: new TypeError('A message cannot hold a Date'), subject: 'test.date' }]);
  });

  test('nobody shares an object with another', async () => {
    const question = { list: ['a'] };
    const reply = (await buses.asker.request('test.keep', question)) as typeof question;
    reply.list.push('b');
    question.list.push('c');
    expect(kept).toEqual([{ list: ['a'] }]);
  });
});
