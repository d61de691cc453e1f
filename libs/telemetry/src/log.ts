import { isSpanContextValid, trace } from '@opentelemetry/api';
import { maskText, redact } from './redact.ts';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof LEVELS)[number];

export type Fields = Record<string, unknown>;

/** Errors go into a field: `log.error('the lease was lost', { error })`. */
export interface Log extends Record<Level, (message: string, fields?: Fields) => void> {
  /** The same log with fields that every line of it has. */
  child(fields: Fields): Log;
  /** Whether a line of this level is written, for what is costly to say. */
  enabled(level: Level): boolean;
}

export interface LogOptions {
  service: string;
  /** Asked for each line where it is a function: the configuration may change. */
  level?: Level | (() => Level);
  /** Takes one line with its newline; standard error unless given. */
  write?: (line: string) => void;
  /** Milliseconds since the epoch. */
  clock?: () => number;
}

/**
 * One JSON object a line: time (ISO 8601), level, service, message, fields, and the ids of the trace it belongs to.
 * Secrets are masked by name and by shape; the message and the fields may hold what they like.
 */
export function logger({ service, level = 'info', write = toStderr, clock = Date.now }: LogOptions): Log {
  const least = typeof level === 'function' ? level : () => level;
  const enabled = (wanted: Level) => LEVELS.indexOf(wanted) >= LEVELS.indexOf(least());

  const line = (wanted: Level, message: string, fields: Fields) => {
    const time = new Date(clock()).toISOString();
    const own = { time, level: wanted, service, message: maskText(message) };
    // First and last: fields come after our own members, and cannot replace them.
    write(`${JSON.stringify({ ...own, ...(redact(fields) as Fields), ...traceIds(), ...own })}\n`);
  };

  const withFields = (own: Fields): Log => {
    const at = (wanted: Level) => (message: string, fields?: Fields) => {
      if (enabled(wanted)) line(wanted, message, fields ? { ...own, ...fields } : own);
    };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      enabled,
      child: (fields) => withFields({ ...own, ...fields }),
    };
  };
  return withFields({});
}

const toStderr = (line: string): void => void process.stderr.write(line);

function traceIds(): { trace_id?: string; span_id?: string } {
  const context = trace.getActiveSpan()?.spanContext();
  if (!context || !isSpanContextValid(context)) return {};
  return { trace_id: context.traceId, span_id: context.spanId };
}
