import type { Attributes, Meter } from '@opentelemetry/api';
import { startMetrics } from './metrics.ts';
import { span } from './span.ts';
import { statement } from './statement.ts';
import { startTracing, tracingWanted, type TelemetryOptions } from './tracing.ts';

export interface Telemetry {
  tracing: boolean;
  /** For counters and gauges of one's own; they appear in `metrics()`. */
  meter: Meter;
  /** One request answered. `operation` is its policy action or another name from a short list, never a path. */
  httpAnswered(request: { operation: string; method: string; status: number; seconds: number }): void;
  /** One question on the bus: fits the bus's `observe` option. */
  questionSeen(exchange: { subject: string; side: 'asked' | 'answered'; status: number; seconds: number }): void;
  /** Runs one SQL statement in a span, and measures it. The text may hold placeholders; literals are not kept. */
  query<T>(sql: string, run: () => Promise<T>): Promise<T>;
  /** Everything measured so far, in Prometheus's text format. */
  metrics(): Promise<string>;
  /** Sends what is left; never rejects for what could not be sent. */
  stop(): Promise<void>;
}

/** `Content-Type` of what `metrics()` returns. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Seconds; from an answer out of memory to a password hash on a busy machine. */
const BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Metrics are always on: recording one costs about 0.5 µs. Traces as the OTEL_ variables of the environment say. */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const tracing = Boolean(options.spanProcessors) || tracingWanted(process.env);
  const stopTracing = tracing ? await startTracing(options) : async () => undefined;
  const { meter, scrape, stop } = startMetrics(options.log);
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, { description, advice: { explicitBucketBoundaries: BOUNDS } });
  const http = histogram('http_server_request_duration_seconds', 'Requests answered, by operation');
  const questions = histogram('keystone_bus_question_duration_seconds', 'Questions between subsystems');
  const statements = histogram('keystone_sql_statement_duration_seconds', 'SQL statements, by verb and table');

  return {
    tracing,
    meter,
    httpAnswered({ operation, method, status, seconds }) {
      // A client may invent methods; a metric must not grow with his fancy.
      http.record(seconds, { operation, method: METHODS.has(method) ? method : '_OTHER', status });
    },
    questionSeen: ({ seconds, subject, side, status }) => questions.record(seconds, { subject, side, status }),
    query: (sql, run) => queried(sql, run, (seconds, attributes) => statements.record(seconds, attributes)),
    metrics: scrape,
    async stop() {
      await Promise.all([stop(), stopTracing()]);
    },
  };
}

type Recorder = (seconds: number, attributes: Attributes) => void;

function queried<T>(sql: string, run: () => Promise<T>, record: Recorder): Promise<T> {
  const { name, verb, table, text } = statement(sql);
  const attributes = { 'db.query.text': text, 'db.operation.name': verb, 'db.collection.name': table };
  const began = performance.now();
  let outcome = 'error';
  return span(name, attributes, async () => {
    const result = await run();
    outcome = 'ok';
    return result;
  }).finally(() => record((performance.now() - began) / 1000, { verb, table, outcome }));
}
