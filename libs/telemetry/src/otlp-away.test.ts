import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { logger, span, startTelemetry } from './index.ts';

test('a collector that takes nothing hinders neither the work nor the end, and the log says so', async () => {
  const collector = createServer((_request, response) => void response.writeHead(503).end());
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const lines: string[] = [];
  const log = logger({ service: 'token', write: (line) => lines.push(line) });

  const telemetry = await startTelemetry({ service: 'token', version: '1.2.3', log, flushTimeout: 100 });
  expect(await span('work', {}, async () => 'done')).toBe('done');
  await telemetry.stop();
  expect(lines.join('')).toContain('the last spans are lost');
  collector.closeAllConnections();
  collector.close();
});
