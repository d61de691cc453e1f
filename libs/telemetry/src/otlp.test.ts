import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logger, span, startTelemetry, type Telemetry } from './index.ts';

/** Stands for the operator's collector: takes OTLP over HTTP and keeps what it was sent. */
const received: { url: string; body: string }[] = [];
const lines: string[] = [];
let collector: Server;
let telemetry: Telemetry;

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ url: request.url ?? '', body: Buffer.concat(chunks).toString('latin1') });
      response.end();
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  process.env['OTEL_SERVICE_NAME'] = 'named-by-the-operator';
  const log = logger({ service: 'token', write: (line) => lines.push(line) });
  telemetry = await startTelemetry({ service: 'token', version: '1.2.3', log });
});

afterAll(() => {
  collector.close();
});

test('spans reach the collector that the environment names, and nothing else is sent there', async () => {
  expect(telemetry.tracing).toBe(true);
  await span('identity:get_user', {}, async () => undefined);
  await telemetry.stop();
  expect(new Set(received.map(({ url }) => url))).toEqual(new Set(['/v1/traces']));
  const bodies = received.map(({ body }) => body).join('');
  expect(bodies).toContain('identity:get_user');
  expect(bodies).toContain('named-by-the-operator');
  expect(bodies).toContain('1.2.3');
  expect(lines).toEqual([]);
});
