import { context, type Context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { KeystoneError } from '@keystone/errors';
import type { BusOptions, Exchange } from './bus.ts';

const tracer = trace.getTracer('@keystone/bus');
const KIND = { asked: SpanKind.CLIENT, answered: SpanKind.SERVER } as const;

/** What is seen of one question from one side: a span named after it, and the `observe` option told how it went. */
export interface Side extends Pick<Exchange, 'subject' | 'side'> {
  system: 'nats' | 'local';
  observe: BusOptions['observe'] | undefined;
  /** Whose span this one continues, where it is not that of the running code. */
  parent?: Context;
}

export function exchange<T>({ subject, side, system, observe, parent }: Side, run: () => Promise<T>): Promise<T> {
  const attributes = { 'rpc.system': system, 'rpc.method': subject };
  const began = performance.now();
  return tracer.startActiveSpan(subject, { kind: KIND[side], attributes }, parent ?? context.active(), async (span) => {
    let status = 200;
    try {
      return await run();
    } catch (error) {
      status = error instanceof KeystoneError ? error.status : 500;
      throw error;
    } finally {
      // Never the error's own words: what was asked may stand in them.
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: String(status) });
      span.end();
      observe?.({ subject, side, seconds: (performance.now() - began) / 1000, status });
    }
  });
}

/** Writes the W3C trace context of the running code into a message's headers; nothing while nothing is traced. */
export const injectTrace = (set: (name: string, value: string) => void): void =>
  propagation.inject(context.active(), undefined, { set: (_carrier: unknown, name, value) => set(name, value) });

/** @param header reads one header of the message that brought the question. */
export function remoteParent(header: (name: string) => string): Context {
  const getter = { keys: () => [], get: (_carrier: unknown, name: string) => header(name) || undefined };
  return propagation.extract(ROOT_CONTEXT, undefined, getter);
}
