import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { NodeSDK } from '@opentelemetry/sdk-node';
import type { Log } from './log.ts';

export type SpanProcessors = NonNullable<NonNullable<ConstructorParameters<typeof NodeSDK>[0]>['spanProcessors']>;

export interface TelemetryOptions {
  /** `token`, `identity` …; in traces `keystone-token` unless OTEL_SERVICE_NAME says otherwise. */
  service: string;
  version: string;
  log: Log;
  /** Where spans go instead of where the environment says; turns tracing on. */
  spanProcessors?: SpanProcessors;
  /** Milliseconds that stopping waits for the last spans to be sent. */
  flushTimeout?: number;
}

type Environment = Record<string, string | undefined>;

/** Whether the operator asked for traces, in OpenTelemetry's own variables. */
export function tracingWanted(environment: Environment): boolean {
  const set = (name: string) => Boolean(environment[name]?.trim());
  if (environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return false;
  if (set('OTEL_TRACES_EXPORTER')) return environment['OTEL_TRACES_EXPORTER']?.trim() !== 'none';
  return ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_CONFIG_FILE'].some(set);
}

/**
 * Registers the SDK: exporter, sampler, propagators as the environment says, and the context that follows asynchronous
 * work. Loading it takes about 0.4 s, so only those who trace pay. Metrics are pulled (`metrics()`), logs are lines.
 * @returns sends what is left and stops; never rejects.
 */
export async function startTracing({
  service,
  version,
  log,
  spanProcessors,
  flushTimeout = 3_000,
}: TelemetryOptions): Promise<() => Promise<void>> {
  const { startNodeSdk } = await import('@opentelemetry/sdk-node');
  const named = process.env['OTEL_SERVICE_NAME'] ? {} : { 'service.name': `keystone-${service}` };
  const sdk = startNodeSdk({
    resourceAttributes: { ...named, 'service.version': version },
    metricReaders: [],
    logRecordProcessors: [],
    ...(spanProcessors && { spanProcessors }),
  });
  // The SDK's own complaints belong in the log, not as loose text on the console.
  const quiet = () => undefined;
  const say =
    (level: 'warn' | 'error') =>
    (message: string, ...more: unknown[]) =>
      log[level](`OpenTelemetry: ${message}`, more.length ? { more } : {});
  const logger = { error: say('error'), warn: say('warn'), info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const lost = (error: unknown) => log.warn('OpenTelemetry: the last spans are lost', { error });
  return () => bounded(sdk.shutdown(), flushTimeout).catch(lost);
}

/** An exporter that finds nobody tries again and again; a process that stops has no time for that. */
async function bounded(work: Promise<void>, milliseconds: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not sent within ${milliseconds} ms`)), milliseconds);
  await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
