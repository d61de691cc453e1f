import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { notFound } from '@keystone/errors';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeBuses, type Pair } from './testing/pairs.ts';

type Processor = NonNullable<NonNullable<ConstructorParameters<typeof NodeSDK>[0]>['spanProcessors']>[number];
type Ended = Parameters<Processor['onEnd']>[0];

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const spans: Ended[] = [];
const kept: Processor = {
  onStart: () => undefined,
  onEnd: (ended) => void spans.push(ended),
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};
const sdk = new NodeSDK({
  spanProcessors: [kept],
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
});

beforeAll(() => sdk.start());
afterAll(() => sdk.shutdown());

describeBuses((pair) => {
  let buses: Pair;
  let inside: string | undefined;

  beforeAll(async () => {
    buses = await pair({ questionTimeout: 2_000 });
    buses.answerer.serve('test.traced', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      inside = trace.getSpan(context.active())?.spanContext().spanId;
      return null;
    });
    buses.answerer.serve('test.missing', async () => notFound('user', 'a'));
    buses.answerer.serve('test.failing', async () => {
      throw new Error('planted');
    });
    await buses.settled();
  });
  beforeEach(() => {
    spans.length = 0;
  });
  afterAll(() => buses.drain());

  const asRemote = <T>(run: () => T): T =>
    context.with(propagation.extract(ROOT_CONTEXT, { traceparent: `00-${TRACE}-${PARENT}-01` }), run);

  test('the trace of the caller goes on in the answer', async () => {
    await asRemote(() => buses.asker.request('test.traced', {}));
    const asked = spans.find(({ kind }) => kind === SpanKind.CLIENT);
    expect(asked).toMatchObject({ name: 'test.traced', parentSpanContext: { traceId: TRACE, spanId: PARENT } });
    expect(new Set(spans.map((ended) => ended.spanContext().traceId))).toEqual(new Set([TRACE]));
    expect(inside).toBe(spans[0]?.spanContext().spanId);
    const answered = spans.find(({ kind }) => kind === SpanKind.SERVER);
    if (answered) expect(answered.parentSpanContext?.spanId).toBe(asked?.spanContext().spanId);
  });

  test('questions asked side by side keep to their own traces', async () => {
    await Promise.all([asRemote(() => buses.asker.request('test.traced', {})), buses.asker.request('test.traced', {})]);
    const traces = new Set(spans.map((ended) => ended.spanContext().traceId));
    expect([traces.size, traces.has(TRACE)]).toEqual([2, true]);
  });

  test('a failure marks the spans, without its words; an answer such as 404 does not', async () => {
    await buses.refusal('test.missing', {});
    expect(spans.map(({ status }) => status.code)).not.toContain(SpanStatusCode.ERROR);
    spans.length = 0;
    await buses.refusal('test.failing', {});
    expect(new Set(spans.map(({ status }) => status.code))).toEqual(new Set([SpanStatusCode.ERROR]));
    const said = spans.map(({ status, attributes, events }) => ({ status, attributes, events }));
    expect(JSON.stringify(said)).not.toContain('planted');
  });

  test('in two processes there is a span on either side', async () => {
    await buses.asker.request('test.traced', {});
    const kinds = spans.map(({ kind }) => kind);
    expect(kinds).toEqual(buses.asker === buses.answerer ? [SpanKind.CLIENT] : [SpanKind.SERVER, SpanKind.CLIENT]);
  });
});
