import { KeystoneError, notFound, unauthorized } from '@keystone/errors';
import Type from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer, ask, question } from './index.ts';
import { describeBuses, type Pair } from './testing/pairs.ts';
import { UNEXPECTED } from './wire.ts';

const effectiveRoles = question(
  'assignment.effective-roles',
  Type.Object({ user_id: Type.String() }),
  Type.Array(Type.String()),
);

const refused = { headers: { 'www-authenticate': 'x' }, identity: { methods: ['totp'] }, reason: 'wrong password' };

describeBuses((pair) => {
  let buses: Pair;

  beforeAll(async () => {
    buses = await pair({ check: true, questionTimeout: 2_000 });
    const { answerer } = buses;
    answer(answerer, effectiveRoles, async ({ user_id }) =>
      user_id === 'nobody' ? notFound('user', user_id) : ['member'],
    );
    answerer.serve('test.echo', async (message) => message);
    answerer.serve('test.never', () => new Promise(() => undefined));
    answerer.serve('test.locked', async () => unauthorized('locked out'));
    answerer.serve('test.refused', async () => {
      throw new KeystoneError(401, 'no', refused);
    });
    answerer.serve('test.unexpected', async () => {
      throw new RangeError('the password is s3cr3t');
    });
    answerer.serve('test.careless', () => {
      throw new RangeError('not even a promise');
    });
    await buses.settled();
  });

  afterAll(() => buses.drain());

  test('a question is answered', async () => {
    expect(await ask(buses.asker, effectiveRoles, { user_id: 'a' })).toEqual(['member']);
  });

  test('an error meant for the client arrives as the same error', async () => {
    const { status, title, message } = await buses.refusal(effectiveRoles.subject, { user_id: 'nobody' });
    expect([status, title, message]).toEqual([404, 'Not Found', 'Could not find user: nobody.']);
  });

  test('the headers, the identity member and the reason of an error travel with it', async () => {
    expect((await buses.refusal('test.refused', {})).detail).toEqual(refused);
    expect((await buses.refusal('test.locked', {})).detail).toEqual({ reason: 'locked out' });
  });

  test('an unexpected error becomes a 500 whose words only the answering side knows', async () => {
    buses.told.length = 0;
    const { status, message, detail } = await buses.refusal('test.unexpected', {});
    expect([status, message, detail]).toEqual([500, UNEXPECTED, {}]);
    expect(buses.told).toEqual([{ error: new RangeError('the password is s3cr3t'), subject: 'test.unexpected' }]);
    expect((await buses.refusal('test.careless', {})).status).toBe(500);
  });

  test('a question that nobody answers is 503 at once, and may be repeated', async () => {
    const { status, message, detail } = await buses.refusal('nobody.there', {}, { deadline: 3_600_000 });
    expect([status, detail.headers]).toEqual([503, { 'retry-after': '1' }]);
    expect(message).toContain('The nobody service does not answer');
  });

  test('a question that is not answered in time is 503', async () => {
    const { status, detail } = await buses.refusal('test.never', {}, { deadline: 20 });
    expect([status, detail.reason]).toEqual([503, 'test.never: no answer within 20 ms']);
  });

  test('a question has the time it names for itself, and otherwise that of the bus', async () => {
    const impatient = await pair({ questionTimeout: 20 });
    const slow = question('test.slow', Type.Null(), Type.String(), { deadline: 10_000 });
    const answered = Promise.withResolvers<string>();
    answer(impatient.answerer, slow, () => answered.promise);
    await impatient.answerer.request('pair.ready', null, { deadline: 2_000 });
    const asked = ask(impatient.asker, slow, null);
    expect((await impatient.refusal('test.slow', null)).detail.reason).toContain('no answer within 20 ms');
    answered.resolve('late, but in time');
    expect(await asked).toBe('late, but in time');
    await impatient.drain();
  });

  test('a question that breaks the contract never reaches the answer', async () => {
    const { status, message, detail } = await buses.refusal(effectiveRoles.subject, { user_id: 7 });
    expect([status, message]).toEqual([500, UNEXPECTED]);
    expect(detail.reason).toBe('malformed question assignment.effective-roles: /user_id must be string');
  });

  test('in the tests the asker is held to the contract as well', async () => {
    const wrong = { user_id: 7 } as unknown as { user_id: string };
    await expect(ask(buses.asker, effectiveRoles, wrong)).rejects.toThrow(
      new TypeError('malformed question assignment.effective-roles: /user_id must be string'),
    );
    const echo = question('test.echo', Type.Unknown(), Type.Object({ id: Type.String() }));
    await expect(ask(buses.asker, echo, { id: null })).rejects.toThrow(
      new TypeError('malformed answer test.echo: /id must be string'),
    );
  });

  test('a question has one answer in a process, and a name that a wire can carry', () => {
    const { answerer } = buses;
    expect(() => answerer.serve('test.echo', async () => null)).toThrow('answered already');
    for (const subject of ['echo', 'test.*', 'test.>', 'test.a b', 'test..a', 'test.a\r\nPUB b', '']) {
      expect(() => answerer.serve(subject, async () => null)).toThrow(TypeError);
      expect(() => answerer.subscribe(subject, () => undefined)).toThrow(TypeError);
      expect(() => answerer.publish(subject, {})).toThrow(TypeError);
    }
  });

  test('how each question went, and how long it took, is told', async () => {
    buses.seen.length = 0;
    await ask(buses.asker, effectiveRoles, { user_id: 'a' });
    await buses.refusal(effectiveRoles.subject, { user_id: 'nobody' });
    const asked = buses.seen.filter(({ side }) => side === 'asked');
    expect(asked.map(({ subject, status }) => [subject, status])).toEqual([
      [effectiveRoles.subject, 200],
      [effectiveRoles.subject, 404],
    ]);
    for (const { seconds } of asked) expect(seconds).toBeGreaterThan(0);
  });

  test('draining finishes what is being answered and takes nothing new', async () => {
    const { asker, answerer, refusal, settled } = await pair({ drainTimeout: 10_000 });
    const begun = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<string>();
    answerer.serve('test.slow', () => {
      begun.resolve();
      return answered.promise;
    });
    await settled();
    const asked = asker.request('test.slow', {}, { deadline: 10_000 });
    await begun.promise;
    const drained = answerer.drain();
    expect((await refusal('test.slow', {}, { deadline: 50 })).status).toBe(503);
    answered.resolve('done');
    expect(await asked).toBe('done');
    await drained;
    expect(answerer.status().connected).toBe(false);
    await asker.drain();
  });

  test('draining does not wait for ever, and says what it left behind', async () => {
    const { asker, answerer, told, settled } = await pair({ drainTimeout: 20 });
    answerer.serve('test.never', () => new Promise(() => undefined));
    await settled();
    const asked = expect(asker.request('test.never', {}, { deadline: 100 })).rejects.toMatchObject({ status: 503 });
    await answerer.request('pair.ready', {});
    await answerer.drain();
    expect(told).toEqual([{ error: new Error('1 still under way after 20 ms'), subject: 'drain' }]);
    await asked;
    await asker.drain();
  });
});
