import { KeystoneError } from '@keystone/errors';
import { expect, test } from 'vitest';
import { type Level, logger } from './index.ts';

const FERNET = `gAAAAABo${'Ab-_9'.repeat(30)}`;
const HASHES = [
  '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW',
  '$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2',
  '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
  '$pbkdf2-sha512$25000$LyWE0HrP2RsjZCxlDGFMKQ$1vC5Ohk2mCS9b6akqsEfgeb4l74SF8XjH.SljXf3dMLHdlY1GK9ojcCKts6/asR4aPqBmk74nCDddU3tvSCJvw',
  '$6$rounds=656000$uJGzLGhvTwMzGqzN$v1pPUFHjU2pvPzPzA6sYtnb7cFgWYzzMrJdEd6c4Yq6VGN7gKxcfJfQJz4dU0nRk3n5m1qVqJwqX2bDqEo1p50',
];

function recorded(level: Level | (() => Level) = 'debug') {
  const lines: string[] = [];
  const log = logger({ service: 'token', level, write: (line) => lines.push(line), clock: () => 0 });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

test('a line is one JSON object with time, level, service, message and fields', () => {
  const { log, lines } = recorded();
  log.info('two\nlines', { request_id: 'req-1', n: 2, deep: { at: new Date(0) } });
  expect(lines).toEqual([
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","service":"token","message":"two\\nlines",' +
      '"request_id":"req-1","n":2,"deep":{"at":"1970-01-01T00:00:00.000Z"}}\n',
  ]);
});

test('lines below the level are not written, and the level may change', () => {
  let level: Level = 'warn';
  const { log, lines } = recorded(() => level);
  log.info('no');
  log.warn('yes');
  expect([log.enabled('info'), log.enabled('error')]).toEqual([false, true]);
  level = 'debug';
  log.debug('yes');
  expect(lines).toHaveLength(2);
});

test('a child has the fields of its parent and its own', () => {
  const { log, last } = recorded();
  log.child({ request_id: 'req-1' }).child({ operation: 'identity:get_user' }).info('x', { status: 200 });
  expect(last()).toMatchObject({ request_id: 'req-1', operation: 'identity:get_user', status: 200 });
});

test('fields do not replace what the log itself says', () => {
  const { log, last } = recorded();
  log.info('true', { time: 'no', level: 'no', service: 'no', message: 'no' });
  expect(last()).toEqual({ time: '1970-01-01T00:00:00.000Z', level: 'info', service: 'token', message: 'true' });
});

test.each([
  'password',
  'original_password',
  'adminPass',
  'admin_password',
  'secret',
  'client_secret',
  'token',
  'token_id',
  'cookie',
  'x-auth-token',
  'X-Subject-Token',
  'Authorization',
  'proxy-authorization',
  'Set-Cookie',
  'blob',
  'credential',
  'credentials',
  'key',
  'keys',
  'api_key',
  'privateKey',
  'passcode',
  'totp',
  'signature',
  'OS-FERNET-KEY',
  'user_password',
  'PASSWD',
  'jwt',
])('a field named %s is masked, as text, in lists and in objects', (name) => {
  const { log, lines } = recorded();
  log.info('x', { [name]: 'planted', deep: [{ [name]: ['planted'] }, { [name]: { inner: 'planted' } }] });
  log.child({ [name]: 'planted' }).warn('x');
  expect(lines.join('')).not.toContain('planted');
  expect(lines.join('').match(/\*\*\*/g)).toHaveLength(4);
});

test('what only sounds like a secret is kept', () => {
  const { log, last } = recorded();
  const fields = {
    password_expires_at: null,
    password_present: true,
    application_credential_id: 'a1',
    methods: ['password', 'token'],
    token_type: 'fernet',
    tokens: 12,
    monkey: 'b',
    audit_id: 'c',
    text: 'the password is wrong; token: expired',
  };
  log.info('x', fields);
  expect(last()).toMatchObject(fields);
});

test.each<readonly [what: string, secret: string, text: string]>([
  ['a Fernet token', FERNET, `a ${FERNET} b`],
  ['one with its padding', FERNET, `/v3/auth/tokens/${FERNET}==?x`],
  ['one that is escaped', FERNET, `t=${FERNET}%3D%3D&u`],
  ['a JWS token', 'eyJhbGciOiJFUzI1NiJ9', 'token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
  ['the password of a URL', 's3cr3t', 'connect mysql+pymysql://keystone:s3cr3t@db/keystone failed'],
  ['a password with an @ in a URL', 's3cr', 'nats://a:p@s3cr@nats:4222'],
  ['an authorization header', 'c2VjcmV0', 'Authorization: Basic c2VjcmV0'],
  ['a JSON text', 's3cr3t', '{"user": {"password": "s3cr3t", "name": "a"}}'],
  ['a JSON text in a JSON text', 's3cr3t', JSON.stringify(JSON.stringify({ password: 's3cr3t' }))],
  ['a Python dictionary', 's3cr3t', "{'client_secret': 's3cr3t'}"],
  ['a form', 's3cr3t', 'grant_type=password&password=s3cr3t&x=1'],
  ...HASHES.map((hash) => [`a password hash ${hash.slice(0, 5)}`, hash.slice(8), `(${hash}, 'x')`] as const),
])('%s is masked wherever it stands', (_what, secret, text) => {
  const { log, lines } = recorded();
  const error = new Error(text, { cause: new KeystoneError(401, 'no', { reason: text }) });
  log.info(text, { text, list: [text], map: new Map([['a', text]]), error });
  log.child({ text }).error('x', { errors: new AggregateError([error], text) });
  expect(lines.join('')).not.toContain(secret);
  expect(lines.join('')).toContain('***');
});

test('an error is told with its stack, code, reason and cause, and without the values of a query', () => {
  const { log, last } = recorded();
  const driver = Object.assign(new Error('Deadlock found'), {
    code: 'ER_LOCK_DEADLOCK',
    parameters: ['planted'],
    sql: 'planted',
  });
  log.error('failed', { error: new KeystoneError(503, 'The database cannot be reached', { reason: 'gone' }) });
  expect(last()['error']).toMatchObject({ name: 'KeystoneError', status: 503, reason: 'gone' });
  log.error('failed', { error: new Error('outer', { cause: driver }) });
  expect(last()['error']).toMatchObject({
    message: 'outer',
    stack: expect.stringContaining('log.test.ts') as string,
    cause: { code: 'ER_LOCK_DEADLOCK', message: 'Deadlock found' },
  });
  expect(JSON.stringify(last())).not.toContain('planted');
});

test('what JSON cannot say, what is too deep, too long or turns in a circle, is a line all the same', () => {
  const { log, lines, last } = recorded();
  const circle: Record<string, unknown> = { big: 10n, bytes: Buffer.from('planted'), run: () => 1, never: undefined };
  circle['self'] = circle;
  circle['date'] = new Date(Number.NaN);
  log.info('x', { circle, text: 'a'.repeat(100_000), list: Array.from({ length: 1_000 }, (_, i) => i) });
  expect(last()['circle']).toMatchObject({ big: '10', bytes: '[7 bytes]', run: '[function]', date: null });
  expect(lines[0]?.length).toBeLessThan(20_000);
  expect(lines[0]).not.toContain('planted');
});

test.each(['a-', 'eyJaaaaaaaa-', 'password', '"password', "'", 'a://b:', '$2b$', 'gAAAA', 'Bearer '])(
  'a long text of nothing but %s is no work',
  (part) => {
    const { log, lines } = recorded();
    log.info(part.repeat(200_000), { text: part.repeat(200_000) });
    expect(lines).toHaveLength(1);
  },
);
