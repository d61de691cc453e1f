import type { Register } from './register.ts';

/** Answers a question; what it throws reaches the asker as a KeystoneError. */
export type Listener = (message: unknown) => Promise<unknown>;

export interface AskOptions {
  /** Milliseconds until the asker is told that nobody answered in time. */
  deadline?: number;
  /** Refuse rather than send it in plaintext to another machine. */
  secret?: boolean;
}

/**
 * Questions and events by name. A message is JSON-like: null, booleans, numbers, strings, arrays, plain objects, and
 * bytes as `Uint8Array`; members that are `undefined` are left out, anything else is a TypeError at the sender.
 * Errors: what the answering side threw as a KeystoneError comes back as the same; 503 when nobody answers, not in
 * time, or the way to the others is gone; 500 for everything unexpected.
 */
export interface Bus {
  request(subject: string, message: unknown, options?: AskOptions): Promise<unknown>;
  /** @returns stops answering: those who ask next are told that nobody does. */
  serve(subject: string, listener: Listener, options?: { secret?: boolean }): () => void;
  /** At most once, and lost while the way to the others is gone: an event may only hasten what is true without it. */
  publish(subject: string, message: unknown): void;
  /**
   * @param options own: false leaves out what was published through this very bus.
   * @returns stops listening.
   */
  subscribe(subject: string, listener: (message: unknown) => void, options?: { own?: boolean }): () => void;
  /** A value shared by all processes: with NATS in a key-value bucket of JetStream, which the server must have. */
  register(name: string): Register;
  status(): { connected: boolean; detail: string };
  /** Takes no new questions, finishes those being answered, then closes. */
  drain(): Promise<void>;
  /** Whether `ask` holds questions and answers against their schemas, as it does in the tests. */
  readonly check?: boolean;
}

/** One question, seen from one side. `status` is 200, or that of the error. */
export interface Exchange {
  subject: string;
  side: 'asked' | 'answered';
  seconds: number;
  status: number;
}

export interface BusOptions {
  /** Milliseconds a question may take that names no deadline of its own. */
  questionTimeout?: number;
  /** Milliseconds that draining waits for the answers under way. */
  drainTimeout?: number;
  check?: boolean;
  /** Told of errors that are not sent to the asker, for the log. */
  report?: (error: unknown, subject: string) => void;
  observe?: (exchange: Exchange) => void;
}

const SUBJECT = /^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$/i;

/** @throws TypeError where the name could not be told from a pattern or a queue on the wire. */
export function checkedSubject(subject: string): string {
  if (!SUBJECT.test(subject)) throw new TypeError(`"${subject}" is not a name of the form service.question`);
  return subject;
}

/** Without a log at hand: that it happened and where, but none of its words, which may hold what was asked. */
export function warn(error: unknown, subject: string): void {
  const name = error instanceof Error ? error.name : typeof error;
  process.emitWarning(`${name} while answering or hearing "${subject}"`, 'KeystoneBusWarning');
}

export const defaults = { questionTimeout: 500, drainTimeout: 10_000, check: false, report: warn } as const;
