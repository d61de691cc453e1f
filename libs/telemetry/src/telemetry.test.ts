import { afterAll, beforeAll, expect, test } from 'vitest';
import { logger, METRICS_TYPE, startTelemetry, type Telemetry } from './index.ts';
import { tracingWanted } from './tracing.ts';

let telemetry: Telemetry;
const lines: string[] = [];

beforeAll(async () => {
  const log = logger({ service: 'token', write: (line) => lines.push(line) });
  telemetry = await startTelemetry({ service: 'token', version: '1.2.3', log });
});
afterAll(() => telemetry.stop());

/** The value of one series, by its name and all its labels. */
async function series(name: string): Promise<number | undefined> {
  const line = (await telemetry.metrics()).split('\n').find((line) => line.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}

test('without a word of the environment nothing is traced, and everything is measured', () => {
  expect(telemetry.tracing).toBe(false);
});

test('tracing is asked for by the variables of OpenTelemetry', () => {
  expect(tracingWanted({})).toBe(false);
  expect(tracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' })).toBe(true);
  expect(tracingWanted({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318' })).toBe(true);
  expect(tracingWanted({ OTEL_TRACES_EXPORTER: 'console' })).toBe(true);
  expect(tracingWanted({ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' })).toBe(false);
  expect(tracingWanted({ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' })).toBe(false);
  expect(tracingWanted({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toBe(false);
});

test('requests are counted and timed by operation, method and status', async () => {
  const request = { operation: 'identity:list_regions', method: 'GET', status: 200 };
  for (const seconds of [0.0004, 0.003, 7]) telemetry.httpAnswered({ ...request, seconds });
  const labels = 'operation="identity:list_regions",method="GET",status="200"';
  expect(await series(`http_server_request_duration_seconds_count{${labels}}`)).toBe(3);
  expect(await series(`http_server_request_duration_seconds_sum{${labels}}`)).toBeCloseTo(7.0034);
  expect(await series(`http_server_request_duration_seconds_bucket{${labels},le="0.0005"}`)).toBe(1);
  expect(await series(`http_server_request_duration_seconds_bucket{${labels},le="+Inf"}`)).toBe(3);
});

test('methods that a client invents are one', async () => {
  for (const method of ['BREW', 'PROPFIND']) {
    telemetry.httpAnswered({ operation: 'none', method, status: 405, seconds: 0 });
  }
  const labels = 'operation="none",method="_OTHER",status="405"';
  expect(await series(`http_server_request_duration_seconds_count{${labels}}`)).toBe(2);
});

test('questions are counted and timed by name, side and status', async () => {
  telemetry.questionSeen({ subject: 'identity.authenticate', side: 'asked', status: 401, seconds: 0.2 });
  const labels = 'subject="identity.authenticate",side="asked",status="401"';
  expect(await series(`keystone_bus_question_duration_seconds_count{${labels}}`)).toBe(1);
});

test('a statement gives what it gave, and is counted by verb, table and outcome', async () => {
  expect(await telemetry.query('SELECT id FROM `user` WHERE name = ?', async () => ['row'])).toEqual(['row']);
  const failing = telemetry.query('INSERT INTO region (id) VALUES (?)', async () => {
    throw new Error('Deadlock');
  });
  await expect(failing).rejects.toThrow('Deadlock');
  const name = 'keystone_sql_statement_duration_seconds_count';
  expect(await series(`${name}{verb="SELECT",table="user",outcome="ok"}`)).toBe(1);
  expect(await series(`${name}{verb="INSERT",table="region",outcome="error"}`)).toBe(1);
});

test('the process tells its CPU, memory and event loop', async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await series('process_cpu_seconds_total{mode="user"}')).toBeGreaterThan(0);
  expect(await series('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(await series('nodejs_heap_used_bytes')).toBeGreaterThan(1e6);
  expect(await series('process_start_time_seconds')).toBeGreaterThan(1.7e9);
  const text = await telemetry.metrics();
  expect(text).toContain('nodejs_eventloop_utilization_ratio');
});

test('a service may measure something of its own', async () => {
  telemetry.meter
    .createCounter('keystone_tokens_issued_total', { description: 'Tokens' })
    .add(2, { provider: 'fernet' });
  expect(await series('keystone_tokens_issued_total{provider="fernet"}')).toBe(2);
});

test('every line of the metrics is one that Prometheus reads', async () => {
  const sample =
    /^[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="(\\.|[^"\\\n])*",?)*\})? (NaN|[+-]?Inf|[+-]?\d+(\.\d+)?(e[+-]?\d+)?)$/;
  telemetry.questionSeen({ subject: 'a"b\\c\nd', side: 'asked', status: 200, seconds: 1 });
  for (const line of (await telemetry.metrics()).split('\n')) {
    if (line !== '') expect(line).toMatch(line.startsWith('#') ? /^# (HELP|TYPE|UNIT) / : sample);
  }
  expect(METRICS_TYPE).toContain('version=0.0.4');
});

test('nothing was amiss', () => {
  expect(lines).toEqual([]);
});
