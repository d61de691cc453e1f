import { type ErrorDetail, KeystoneError, unavailableError } from '@keystone/errors';

/** What a client reads of an error that was not meant for it (exception.py, UnexpectedError). */
export const UNEXPECTED = 'An unexpected error prevented the server from fulfilling your request.';

interface WireError extends ErrorDetail {
  status: number;
  message: string;
}

/** What comes back to the asker. */
export type Reply = { ok: unknown } | { error: WireError };

/**
 * A copy that shares nothing with the original and holds only what every bus carries: what differs between msgpack,
 * structuredClone and JSON (dates, maps, big integers, undefined, buffers) is either refused or made the same here.
 * @throws TypeError for what is neither JSON-like nor bytes.
 */
export function plain(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    case 'undefined':
      return null;
    case 'object':
      return value === null ? null : plainObject(value);
    default:
      throw new TypeError(`A message cannot hold a ${typeof value}`);
  }
}

function plainObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    throw new TypeError(`A message cannot hold a ${value.constructor?.name ?? 'object of its own kind'}`);
  }
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    // msgpack decoders rename this key, and assigning it would set a prototype.
    if (member !== undefined && name !== '__proto__') copy[name] = plain(member);
  }
  return copy;
}

/** The listener's answer or error, ready to travel; never rejects. Errors not meant for a client stay on this side. */
export async function replyOf(run: () => Promise<unknown>, report: (error: unknown) => void): Promise<Reply> {
  try {
    return await run().then((ok) => ({ ok: plain(ok) }), wireError);
  } catch (unexpected) {
    report(unexpected);
    return { error: { status: 500, message: UNEXPECTED } };
  }
}

function wireError(error: unknown): Reply {
  if (!(error instanceof KeystoneError)) throw error;
  return { error: plain({ ...error.detail, status: error.status, message: error.message }) as WireError };
}

/** @throws KeystoneError the answering side's, or a 500 for what is no reply. */
export function settle(reply: unknown, subject: string): unknown {
  const { ok, error } = (reply ?? {}) as { ok?: unknown; error?: Partial<WireError> };
  if (ok !== undefined) return ok;
  const { status, message, ...detail } = error ?? {};
  if (typeof status !== 'number' || typeof message !== 'string') {
    throw new KeystoneError(500, UNEXPECTED, { reason: `malformed answer to ${subject}` });
  }
  throw new KeystoneError(status, message, detail);
}

/** 503 for the client, in words that name the service, and for the log why. */
export function unanswered(subject: string, reason: string): KeystoneError {
  const { status, message, detail } = unavailableError(`The ${subject.split('.')[0]} service does not answer`);
  return new KeystoneError(status, message, { ...detail, reason: `${subject}: ${reason}` });
}
