import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, databaseUrl, type DatabaseUrl } from './index.ts';

// What SQLAlchemy and PyMySQL make of each URL: written by testdata/export_urls.py.
interface Case {
  url: string;
  outcome: Record<string, unknown> | null;
}
const cases = JSON.parse(readFileSync(new URL('../testdata/urls.json', import.meta.url), 'utf8')) as Case[];

const comparable = (url: DatabaseUrl): Record<string, unknown> => {
  if (url.kind === 'sqlite') return { ...url };
  const { ssl, socketPath = null, charset = null, ...rest } = url;
  if (!ssl) return { ...rest, socketPath, charset, tls: null };
  const { cert: _cert, key: _key, cipher: _cipher, ...tls } = ssl;
  return { ...rest, socketPath, charset, tls };
};

describe('as SQLAlchemy and PyMySQL read it', () => {
  test.each(cases)('$url', ({ url, outcome }) => {
    if (outcome === null) expect(() => databaseUrl(url)).toThrow(ConfigError);
    else expect(comparable(databaseUrl(url))).toEqual(outcome);
  });
});

const sslOf = (url: string) => {
  const read = databaseUrl(url);
  return read.kind === 'mysql' ? read.ssl : undefined;
};

test('client certificate, key and cipher are kept', () => {
  expect(sslOf('mysql://u:p@h/d?ssl_cert=/c.pem&ssl_key=/k.pem&ssl_cipher=X')).toEqual({
    cert: '/c.pem',
    key: '/k.pem',
    cipher: 'X',
    verifyCertificate: false,
    verifyHostname: false,
  });
});

test('a certificate authority checks the server, whichever of the two options asks for it', () => {
  const checked = { ca: '/ca.pem', verifyCertificate: true };
  expect(sslOf('mysql://h/d?ssl_ca=/ca.pem&ssl_verify_cert=true')).toEqual({ ...checked, verifyHostname: true });
  expect(sslOf('mysql://h/d?ssl_ca=/ca.pem&ssl_verify_identity=true')).toEqual({ ...checked, verifyHostname: true });
});

test('mysqlclient spells the same as ssl_mode', () => {
  const none = { verifyCertificate: false, verifyHostname: false };
  expect(sslOf('mysql+mysqldb://h/d?ssl_mode=DISABLED')).toBeUndefined();
  expect(sslOf('mysql+mysqldb://h/d?ssl_mode=PREFERRED')).toBeUndefined();
  expect(sslOf('mysql+mysqldb://h/d?ssl_mode=REQUIRED')).toEqual(none);
  expect(sslOf('mysql+mysqldb://h/d?ssl_mode=VERIFY_CA&ssl_ca=/c')).toEqual({
    ca: '/c',
    verifyCertificate: true,
    verifyHostname: false,
  });
  expect(sslOf('mysql+mysqldb://h/d?ssl_mode=VERIFY_IDENTITY&ssl_ca=/c')).toEqual({
    ca: '/c',
    verifyCertificate: true,
    verifyHostname: true,
  });
});

test('connection_parameters are added to the URL', () => {
  expect(databaseUrl('mysql://u@h/d', 'charset=utf8mb4&unix_socket=/s')).toMatchObject({
    charset: 'utf8mb4',
    socketPath: '/s',
  });
  expect(databaseUrl('mysql://u@h/d?charset=latin1', 'ssl_ca=/ca')).toMatchObject({
    charset: 'latin1',
    ssl: { ca: '/ca' },
  });
});

const messageOf = (url: string): string => {
  try {
    return JSON.stringify(databaseUrl(url));
  } catch (error) {
    return String(error);
  }
};

test('PostgreSQL is not supported, and the error says so', () => {
  expect(messageOf('postgresql+psycopg2://keystone:hidden@h/d')).toBe(
    'ConfigError: [database] connection is a postgresql URL, which is not supported: MySQL, MariaDB and SQLite are',
  );
});

test('an SQLite URI and a database without a name are refused', () => {
  expect(messageOf('sqlite:///file:a?mode=ro&uri=true')).toMatch(/is an SQLite URI/);
  expect(messageOf('mysql://u:hidden@h/')).toMatch(/names no database/);
  expect(messageOf('mysql://u:hidden@h')).toMatch(/names no database/);
});

test('an error never shows a password', () => {
  const wrong = ['mysql://u:hidden@h:x/d', 'mysql//u:hidden@h', 'oracle://u:hidden@h/d', 'sqlite://u:hidden@h/d'];
  for (const url of wrong) {
    expect(messageOf(url)).toMatch(/^ConfigError: \[database\] connection /);
    expect(messageOf(url)).not.toContain('hidden');
  }
});

test('whatever is written into a URL escaped comes out of it', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(word, word, word, (user, password, database) => {
      const [u, p, d] = [user, password, database].map(encodeURIComponent);
      expect(databaseUrl(`mysql+pymysql://${u}:${p}@h/${d}`)).toMatchObject({ user, password, database });
    }),
  );
});

test('random text is a URL or a ConfigError', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `mysql://${rest}`),
  );
  fc.assert(
    fc.property(text, (url) => {
      expect(messageOf(url)).toMatch(/^(ConfigError: |\{"kind":)/);
    }),
  );
});
