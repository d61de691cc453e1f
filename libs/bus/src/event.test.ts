import Type from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emit, event, on } from './index.ts';
import { describeBuses, type Pair } from './testing/pairs.ts';

const projectChanged = event('assignment.project-changed', Type.Object({ project_id: Type.String() }));

describeBuses((pair) => {
  let buses: Pair;

  beforeAll(async () => {
    buses = await pair({ check: true, questionTimeout: 2_000 });
    await buses.settled();
  });

  afterAll(() => buses.drain());

  test('an event reaches all who listen, in order, until they stop', async () => {
    const { asker, answerer, settled } = buses;
    const [one, other]: string[][] = [[], []];
    const stop = on(answerer, projectChanged, ({ project_id }) => one?.push(project_id));
    on(answerer, projectChanged, ({ project_id }) => other?.push(project_id));
    await settled();
    for (const project_id of ['a', 'b']) emit(asker, projectChanged, { project_id });
    await settled();
    stop();
    await settled();
    emit(asker, projectChanged, { project_id: 'c' });
    await settled();
    expect([one, other]).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
    ]);
  });

  test('an event is heard by its own publisher, unless he would rather not', async () => {
    const { answerer, settled } = buses;
    const heard: string[] = [];
    answerer.subscribe('test.own', () => heard.push('all'));
    answerer.subscribe('test.own', () => heard.push('others'), { own: false });
    await settled();
    answerer.publish('test.own', null);
    await settled();
    expect(heard).toEqual(['all']);
  });

  test('a listener that fails is reported and disturbs nobody', async () => {
    const { asker, answerer, settled, told } = buses;
    told.length = 0;
    const heard: unknown[] = [];
    answerer.subscribe('test.failing', () => {
      throw new Error('deaf');
    });
    answerer.subscribe('test.failing', (message) => heard.push(message));
    await settled();
    asker.publish('test.failing', 1);
    await settled();
    expect(heard).toEqual([1]);
    expect(told).toEqual([{ error: new Error('deaf'), subject: expect.stringContaining('test.failing') as string }]);
  });

  test('an event that breaks the contract is not sent by a bus that checks, and not heard by any', async () => {
    const { asker, answerer, settled, told } = buses;
    told.length = 0;
    const heard: unknown[] = [];
    on(answerer, projectChanged, (payload) => heard.push(payload));
    await settled();
    expect(() => emit(asker, projectChanged, {} as { project_id: string })).toThrow('malformed event');
    asker.publish(projectChanged.subject, {});
    await settled();
    expect(heard).toEqual([]);
    expect(told.map(({ error }) => String(error)).join()).toContain('malformed event assignment.project-changed');
  });
});
