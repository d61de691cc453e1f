import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';

const tracer = trace.getTracer('@keystone/telemetry');

export type { Attributes, Span } from '@opentelemetry/api';

/** HTTP headers as Node gives them, or any other carrier of W3C `traceparent`, `tracestate` and `baggage`. */
export type Headers = Record<string, string | string[] | undefined>;

type Run<T> = (span: Span) => Promise<T>;

/**
 * Runs inside a span that ends with it. Errors below 500 are answers, not failures, and leave the span unmarked; of
 * the others only the name is kept, never the words. Costs about 0.15 µs while nothing is traced.
 */
export const span = <T>(name: string, attributes: Attributes, run: Run<T>): Promise<T> =>
  tracer.startActiveSpan(name, { attributes }, ended(run));

/** The span of a request that came in, continuing the caller's trace. */
export const serverSpan = <T>(name: string, headers: Headers, run: Run<T>): Promise<T> =>
  tracer.startActiveSpan(name, { kind: SpanKind.SERVER }, remote(headers), ended(run));

/** Spans begun in `run` continue the trace that the headers tell of. */
export const withRemoteParent = <T>(headers: Headers, run: () => T): T => context.with(remote(headers), run);

/** The headers that let another process continue this trace; none while nothing is traced. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  return headers;
}

const remote = (headers: Headers) => propagation.extract(ROOT_CONTEXT, headers);

const ended =
  <T>(run: Run<T>) =>
  async (current: Span): Promise<T> => {
    try {
      return await run(current);
    } catch (error) {
      fail(current, error);
      throw error;
    } finally {
      current.end();
    }
  };

function fail(current: Span, error: unknown): void {
  const { status = 500, name = 'Error' } = (error ?? {}) as { status?: unknown; name?: string };
  if (typeof status === 'number' && status < 500) return;
  current.setAttribute('error.type', name);
  current.setStatus({ code: SpanStatusCode.ERROR });
}
