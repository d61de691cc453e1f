export { type Fields, type Level, type Log, logger, type LogOptions } from './log.ts';
export { maskText, redact } from './redact.ts';
export { type Attributes, type Headers, serverSpan, type Span, span, traceHeaders, withRemoteParent } from './span.ts';
export { METRICS_TYPE, startTelemetry, type Telemetry } from './telemetry.ts';
export type { TelemetryOptions } from './tracing.ts';
