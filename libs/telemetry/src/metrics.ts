import type { Meter } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { Log } from './log.ts';
import { measureProcess } from './runtime.ts';

/** Answers when asked; the SDK wants a class for it. */
class Pull extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

export interface Metrics {
  meter: Meter;
  /** Everything measured so far, in Prometheus's text format 0.0.4. */
  scrape(): Promise<string>;
  stop(): Promise<void>;
}

export function startMetrics(log: Log): Metrics {
  const reader = new Pull();
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('@keystone/telemetry');
  const stopProcess = measureProcess(meter);
  let serializer: { serialize(metrics: Collected): string } | undefined;

  return {
    meter,
    async scrape() {
      // Loaded with the first question for it: starting need not wait for what nobody may ever ask.
      serializer ??= await prometheus();
      const { resourceMetrics, errors } = await reader.collect();
      for (const error of errors) log.warn('a metric could not be read', { error });
      return serializer.serialize(resourceMetrics);
    },
    async stop() {
      stopProcess();
      await provider.shutdown();
    },
  };
}

type Collected = Awaited<ReturnType<MetricReader['collect']>>['resourceMetrics'];

async function prometheus() {
  const { PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus');
  const [noPrefix, noTimestamps, noConstantLabels, noTarget, noScope] = [undefined, false, undefined, true, true];
  return new PrometheusSerializer(noPrefix, noTimestamps, noConstantLabels, noTarget, noScope);
}
