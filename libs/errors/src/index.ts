/** Titles as werkzeug and Keystone's exception classes name them. */
const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Request Entity Too Large',
  414: 'Request URI Too Long',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
};

export interface ErrorDetail {
  /** Headers the answer carries besides the usual ones. */
  headers?: Record<string, string>;
  /** The `identity` member of the error body, e.g. the list of methods beside an unsupported one. */
  identity?: Record<string, unknown>;
  /** Why, for the log only: a security error's own words never reach a client (exception.py, SecurityError). */
  reason?: string;
}

/** An answer that is an error, in Keystone's format: `{"error": {code, title, message[, identity]}}`. */
export class KeystoneError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: ErrorDetail;

  constructor(status: number, message: string, detail: ErrorDetail = {}) {
    super(message);
    this.name = 'KeystoneError';
    this.status = status;
    this.title = TITLES[status] ?? 'Error';
    this.detail = detail;
  }

  get body(): { error: { code: number; title: string; message: string; identity?: Record<string, unknown> } } {
    const { identity } = this.detail;
    return { error: { code: this.status, title: this.title, message: this.message, ...(identity && { identity }) } };
  }
}

export const badRequest = (message: string): never => {
  throw new KeystoneError(400, message);
};

/** @param reason what went wrong, for the log; the client reads only that it must authenticate. */
export const unauthorized = (reason?: string): never => {
  throw new KeystoneError(401, 'The request you have made requires authentication.', reason ? { reason } : {});
};

/** @param action the policy rule that said no, as Keystone names it: `identity:create_region`. */
export const forbiddenAction = (action: string, reason?: string): never => {
  const message = `You are not authorized to perform the requested action: ${action}.`;
  throw new KeystoneError(403, message, reason ? { reason } : {});
};

/** @param kind the resource in Keystone's words: `region`, `user`. */
export const notFound = (kind: string, id: string): never => {
  throw new KeystoneError(404, `Could not find ${kind}: ${id}.`);
};

export const conflict = (kind: string, details: string): never => {
  throw new KeystoneError(409, `Conflict occurred attempting to store ${kind} - ${details}.`);
};

/** @param what is gone and may be asked again, e.g. `The database cannot be reached`. */
export const unavailable = (what: string, retryAfterSeconds = 1): never => {
  throw unavailableError(what, retryAfterSeconds);
};

export const unavailableError = (what: string, retryAfterSeconds = 1): KeystoneError =>
  new KeystoneError(503, `${what}. The request can be repeated.`, {
    headers: { 'retry-after': String(retryAfterSeconds) },
  });

/** Envoy repeats a request at Python Keystone when the answer carries this header, so that no client misses what is not served here. */
export const HAND_OVER = 'x-keystone-hand-over';

/**
 * For what only Python Keystone serves so far. A client that came without Envoy reads the error itself.
 *
 * @param what the thing that is not served here
 * @param error the answer to a client that has no Python Keystone behind it; a 503 where none is given
 */
export function handOver(what: string, error?: KeystoneError): never {
  const { status, message, detail } = error ?? new KeystoneError(503, `${what} is served by Python Keystone only.`);
  throw new KeystoneError(status, message, {
    ...detail,
    headers: { ...detail.headers, [HAND_OVER]: 'python' },
    reason: what,
  });
}
