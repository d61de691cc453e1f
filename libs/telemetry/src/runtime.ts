import type { Meter } from '@opentelemetry/api';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/**
 * What the process itself costs, under the names Prometheus's own clients use. The event loop's delay is that since
 * the last scrape.
 * @returns stops measuring.
 */
export function measureProcess(meter: Meter): () => void {
  const started = Date.now() / 1000 - process.uptime();
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  let lastUtilization = performance.eventLoopUtilization();

  const cpu = meter.createObservableCounter('process_cpu_seconds_total', { description: 'CPU time, user and system' });
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description });
  const resident = gauge('process_resident_memory_bytes', 'Memory held in RAM');
  const heap = gauge('nodejs_heap_used_bytes', 'JavaScript heap in use');
  const start = gauge('process_start_time_seconds', 'When the process started, since the epoch');
  const lag = gauge('nodejs_eventloop_lag_seconds', 'Delay of timers on the event loop since the last scrape');
  const busy = gauge(
    'nodejs_eventloop_utilization_ratio',
    'Share of time the event loop was busy, since the last scrape',
  );

  meter.addBatchObservableCallback(
    (observed) => {
      const { user, system } = process.cpuUsage();
      observed.observe(cpu, user / 1e6, { mode: 'user' });
      observed.observe(cpu, system / 1e6, { mode: 'system' });
      const { rss, heapUsed } = process.memoryUsage();
      observed.observe(resident, rss);
      observed.observe(heap, heapUsed);
      observed.observe(start, started);
      for (const [quantile, seconds] of lags(delay)) observed.observe(lag, seconds, { quantile });
      delay.reset();
      const utilization = performance.eventLoopUtilization();
      observed.observe(busy, performance.eventLoopUtilization(utilization, lastUtilization).utilization);
      lastUtilization = utilization;
    },
    [cpu, resident, heap, start, lag, busy],
  );
  return () => void delay.disable();
}

/** Without a single sample yet the histogram answers with nonsense. */
const lags = (delay: ReturnType<typeof monitorEventLoopDelay>): [quantile: string, seconds: number][] =>
  delay.count === 0
    ? []
    : [
        ['0.5', delay.percentile(50) / 1e9],
        ['0.99', delay.percentile(99) / 1e9],
        ['1', delay.max / 1e9],
      ];
