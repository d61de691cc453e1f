import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { KeystoneError } from '@keystone/errors';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { logger, serverSpan, span, startTelemetry, type Telemetry, traceHeaders, withRemoteParent } from './index.ts';
import type { SpanProcessors } from './tracing.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const traceparent = `00-${TRACE}-${PARENT}-01`;

type Ended = Parameters<SpanProcessors[number]['onEnd']>[0];
const spans: Ended[] = [];
const lines: string[] = [];
const log = logger({ service: 'token', write: (line) => lines.push(line) });
let telemetry: Telemetry;

beforeAll(async () => {
  const kept: SpanProcessors[number] = {
    onStart: () => undefined,
    onEnd: (ended) => void spans.push(ended),
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
  telemetry = await startTelemetry({ service: 'token', version: '1.2.3', log, spanProcessors: [kept] });
});
beforeEach(() => {
  spans.length = lines.length = 0;
});
afterAll(() => telemetry.stop());

const named = (name: string) => spans.find((ended) => ended.name === name);

test('a trace goes on from the HTTP header through the spans to the headers of the next message', async () => {
  let told: Record<string, string> = {};
  await serverSpan('identity:get_user', { traceparent, tracestate: 'a=1' }, async (current) => {
    current.setAttribute('http.request.method', 'GET');
    await new Promise((resolve) => setImmediate(resolve));
    await telemetry.query('SELECT id FROM user', async () => []);
    await span('ask', { subject: 'assignment.effective-roles' }, async () => {
      told = traceHeaders();
    });
  });
  expect(spans.map(({ name }) => name)).toEqual(['SELECT user', 'ask', 'identity:get_user']);
  expect(new Set(spans.map((ended) => ended.spanContext().traceId))).toEqual(new Set([TRACE]));
  const [server, ask] = [named('identity:get_user'), named('ask')];
  expect(server).toMatchObject({ kind: SpanKind.SERVER, parentSpanContext: { spanId: PARENT } });
  expect(ask?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
  expect(named('SELECT user')?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
  expect(told).toMatchObject({ traceparent: `00-${TRACE}-${ask?.spanContext().spanId}-01`, tracestate: 'a=1' });
});

test('the headers of a real request are read', async () => {
  const server = createServer((incoming, response) => {
    void serverSpan('through HTTP', incoming.headers, async () => void response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) =>
    request({ port, host: '127.0.0.1', headers: { traceparent } }, (answer) =>
      answer.resume().on('end', resolve),
    ).end(),
  );
  server.close();
  expect(named('through HTTP')?.spanContext().traceId).toBe(TRACE);
});

test.each([
  ['none', {}],
  ['nonsense', { traceparent: 'nonsense' }],
  ['an injected line', { traceparent: `${traceparent}\r\nx: y` }],
])('with %s for a parent a new trace begins', async (_what, headers) => {
  await serverSpan('fresh', headers, async () => undefined);
  expect(named('fresh')?.spanContext().traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(named('fresh')?.spanContext().traceId).not.toBe(TRACE);
});

test('what runs with a remote parent continues its trace', async () => {
  await withRemoteParent({ traceparent }, () => span('child', {}, async () => undefined));
  expect(named('child')?.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: PARENT });
  expect(trace.getSpan(context.active())).toBeUndefined();
});

test('a line of the log names the trace that it belongs to', async () => {
  await serverSpan('logged', { traceparent }, async () => log.info('inside'));
  log.info('outside');
  const [inside, outside] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(inside).toMatchObject({ trace_id: TRACE, span_id: named('logged')?.spanContext().spanId });
  expect(outside).not.toHaveProperty('trace_id');
});

test('an unexpected error marks the span, without its words; an answer such as 404 does not', async () => {
  const failing = span('failing', {}, async () => {
    throw new RangeError('planted');
  });
  await expect(failing).rejects.toThrow(RangeError);
  await expect(
    span('refusing', {}, async () => {
      throw new KeystoneError(404, 'Could not find');
    }),
  ).rejects.toThrow();
  expect(named('failing')).toMatchObject({
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'error.type': 'RangeError' },
  });
  expect(named('refusing')).toMatchObject({ status: { code: SpanStatusCode.UNSET } });
  expect(JSON.stringify(spans.map(({ status, attributes, events }) => ({ status, attributes, events })))).not.toContain(
    'planted',
  );
});

test('a statement is a span with its text and without its values', async () => {
  await telemetry.query("UPDATE user SET extra = 's3cr3t' WHERE id = ?", async () => 1);
  expect(named('UPDATE user')?.attributes).toEqual({
    'db.query.text': 'UPDATE user SET extra = ? WHERE id = ?',
    'db.operation.name': 'UPDATE',
    'db.collection.name': 'user',
  });
});

test('spans say which service they are of', async () => {
  await span('any', {}, async () => undefined);
  expect(named('any')?.resource.attributes).toMatchObject({
    'service.name': 'keystone-token',
    'service.version': '1.2.3',
  });
});
