/** What stands in a log where a secret stood. */
export const MASK = '***';

/** Names whose value is a secret whatever it looks like; compared in lower case, without `-` and `_`. */
const SECRET_NAME =
  /password|passwd|passphrase|secret|token|cookie|authorization|credential|apikey|privatekey|fernetkey|signature|pass$|^(?:blob|keys?|pwd|passcode|totp|jwt|assertion|saml|hash|dsn)$/;

/** Names that sound like those and are none. Not `token_id`: that is the token itself. */
const HARMLESS_NAME = /(?:expiresat|type|methods)$|credentialids?$/;

/** Under most of those names a number only counts or times something. */
const SECRET_NUMBER = /pass|totp/i;

/** What is a secret wherever it stands, by its shape. Every repetition is bounded: clients choose what is logged. */
const SECRET_VALUES: readonly (readonly [RegExp, string])[] = [
  // Fernet: tokens, receipts, encrypted credentials.
  [/gAAAA[\w-]{16,}(?:(?:=|%3[Dd]){1,2})?/g, MASK],
  // JWS tokens and other JWTs.
  [/\beyJ[\w-]{8,500}\.[\w-]+(?:\.[\w-]*)?/g, MASK],
  // Hashes of every scheme that Python verifies (common/password_hashing.py).
  [/\$(?:2[abxy]?|bcrypt-sha256|scrypt|pbkdf2(?:-sha\d+)?|[156]|argon2\w*)\$[\w./$=,+-]+/g, MASK],
  // user:password@ of a URL.
  [/\b([a-z][\w+.-]{0,30}:\/\/[^\s:/@"']{0,255}):[^\s/"']{1,255}@/gi, `$1:${MASK}@`],
  [/\b(Bearer|Basic|Negotiate)\s+[\w.~+/=-]{6,}/g, `$1 ${MASK}`],
  // "password": "…" of a JSON or Python text, password=… of a form or a command.
  [
    /(\\?["'][\w-]{0,40}(?:pass|password|secret|token|passcode|blob|authorization|cookie|credential)\\?["']\s*:\s*\\?["'])(?:(?!\\?["']).)+/gi,
    `$1${MASK}`,
  ],
  [/\b([\w-]{0,40}(?:password|secret|token|passcode)=)[^\s&;,"')]+/gi, `$1${MASK}`],
];

/** How much of a value a log line may hold: text length, members, depth. */
const LIMIT = { text: 16_384, members: 100, depth: 6 } as const;

export function maskText(text: string): string {
  const start = text.length > 4 * LIMIT.text ? text.slice(0, 4 * LIMIT.text) : text;
  const masked = SECRET_VALUES.reduce((sofar, [pattern, mask]) => sofar.replace(pattern, mask), start);
  return masked.length > LIMIT.text ? `${masked.slice(0, LIMIT.text)}…` : masked;
}

export function isSecretName(name: string): boolean {
  const bare = name.toLowerCase().replace(/[-_]/g, '');
  return SECRET_NAME.test(bare) && !HARMLESS_NAME.test(bare);
}

/** A copy fit for a log line: JSON, bounded, without secrets. */
export function redact(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
      return maskText(value);
    case 'bigint':
      return String(value);
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
    case 'object':
      return value === null ? null : redactObject(value, depth);
    default:
      return value;
  }
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= LIMIT.depth) return '[…]';
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Map || value instanceof Set) return redact([...value], depth);
  if (Array.isArray(value)) return value.slice(0, LIMIT.members).map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, LIMIT.members)
      .map(([name, member]) => [name, redactMember(name, member, depth)]),
  );
}

function redactMember(name: string, member: unknown, depth: number): unknown {
  if (member === null || member === undefined || typeof member === 'boolean') return member;
  return isSecretName(name) && (typeof member !== 'number' || SECRET_NUMBER.test(name))
    ? MASK
    : redact(member, depth + 1);
}

/** What of an error is worth a line. Not all its members: those of database drivers hold the values of the query. */
function redactError(error: Error, depth: number): unknown {
  const { name, message, stack, cause } = error;
  const { code, status, detail, errors } = error as Error & Record<'code' | 'status' | 'detail' | 'errors', unknown>;
  const reason = (detail as { reason?: unknown } | undefined)?.reason;
  const rest = { code, status, reason, cause, errors };
  const present = Object.entries(rest).filter(([, member]) => member !== undefined);
  return {
    name,
    message: maskText(message),
    ...Object.fromEntries(present.map(([key, member]) => [key, redact(member, depth + 1)])),
    stack: maskText(stack ?? ''),
  };
}
