import { ConfigError } from './config-error.ts';

/** TLS to MySQL: paths of PEM files, and how far the server is checked. */
export interface DatabaseTls {
  readonly ca?: string;
  readonly caPath?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly cipher?: string;
  readonly verifyCertificate: boolean;
  readonly verifyHostname: boolean;
}

export type DatabaseUrl =
  | {
      readonly kind: 'mysql';
      readonly host: string;
      readonly port: number;
      readonly user: string;
      readonly password: string;
      readonly database: string;
      readonly socketPath?: string;
      readonly charset?: string;
      readonly ssl?: DatabaseTls;
    }
  | {
      readonly kind: 'sqlite';
      /** A path, relative to the working directory unless it begins with `/`; or `:memory:`. */
      readonly file: string;
    };

// sqlalchemy/engine/url.py, _parse_url: an @ must be escaped in a password, a colon need not be.
const URL_PARTS =
  /^(?<name>[\w+]+):\/\/(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?(?:(?:\[(?<ipv6>[^/?]+)\]|(?<host>[^/:?]+))?(?::(?<port>[^/?]*))?)?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?/;

type Parts = Partial<Record<'name' | 'user' | 'password' | 'ipv6' | 'host' | 'port' | 'database' | 'query', string>>;

const NAME = '[database] connection';

const unusable = (reason: string): never => {
  throw new ConfigError([`${NAME} ${reason}`]);
};

// urllib.parse.unquote: what is no escape stays, what is no UTF-8 becomes U+FFFD.
const unquote = (text = ''): string =>
  text.replace(/(?:%[\da-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));

type Query = ReadonlyMap<string, string>;

// SQLAlchemy drops a parameter without a value.
const queryOf = (...texts: readonly string[]): Query =>
  new Map(texts.flatMap((text) => [...new URLSearchParams(text)]).filter(([, value]) => value !== ''));

const isTrue = (text: string | undefined): boolean => /^(?:true|yes|on|y|t|1|required)$/i.test(text ?? '');
const isFalse = (text: string | undefined): boolean => /^(?:false|no|off|n|f|0|none)$/i.test(text ?? '');

const FILES = { ca: 'ssl_ca', caPath: 'ssl_capath', cert: 'ssl_cert', key: 'ssl_key', cipher: 'ssl_cipher' } as const;

/** TLS as PyMySQL (`ssl_*`, pymysql/connections.py) and mysqlclient (`ssl_mode`) take it; nothing if not asked for. */
const tls = (query: Query): DatabaseTls | undefined => {
  const mode = query.get('ssl_mode')?.toUpperCase();
  const asked = [...query.keys()].some((key) => /^ssl_/.test(key) && !['ssl_disabled', 'ssl_mode'].includes(key));
  if (isTrue(query.get('ssl_disabled')) || mode === 'DISABLED') return undefined;
  if (!asked && (mode === undefined || mode === 'PREFERRED')) return undefined;
  const files = Object.entries(FILES).flatMap(([name, key]) => (query.has(key) ? [[name, query.get(key)]] : []));
  const hasCa = query.has('ssl_ca') || query.has('ssl_capath');
  const identity = isTrue(query.get('ssl_verify_identity')) || mode === 'VERIFY_IDENTITY';
  const certificate = isTrue(query.get('ssl_verify_cert')) || mode === 'VERIFY_CA' || identity;
  const hostname = hasCa && !isFalse(query.get('ssl_check_hostname')) && mode === undefined;
  return {
    ...Object.fromEntries(files),
    verifyCertificate: certificate || (hasCa && !isFalse(query.get('ssl_verify_cert'))),
    verifyHostname: identity || (hostname && !isFalse(query.get('ssl_verify_identity'))),
  };
};

const portOf = (text: string | undefined): number => {
  if (text === undefined) return 3306;
  const port = Number(text);
  return /^\d+$/.test(text) && port <= 65_535 ? port : unusable('has a port that is no port number');
};

const mysql = (parts: Parts, query: Query): DatabaseUrl => {
  const database = unquote(parts.database);
  if (database === '') unusable('names no database');
  const socketPath = query.get('unix_socket');
  const charset = query.get('charset');
  const ssl = tls(query);
  return {
    kind: 'mysql',
    host: parts.host ?? parts.ipv6 ?? 'localhost',
    port: portOf(parts.port),
    user: unquote(parts.user),
    password: unquote(parts.password),
    database,
    ...(socketPath !== undefined && { socketPath }),
    ...(charset !== undefined && { charset }),
    ...(ssl && { ssl }),
  };
};

const sqlite = (parts: Parts, query: Query): DatabaseUrl => {
  if (parts.user || parts.password || parts.host || parts.ipv6 || parts.port)
    unusable('names a host: it is sqlite:///relative/path, sqlite:////absolute/path or sqlite://');
  if (isTrue(query.get('uri'))) unusable("is an SQLite URI (uri=true), which is not supported: give the file's path");
  return { kind: 'sqlite', file: unquote(parts.database) || ':memory:' };
};

/**
 * Reads a URL as SQLAlchemy does, whichever of Python's drivers it names (`mysql+pymysql://`, `mariadb+mysqldb://`).
 *
 * @param text `[database] connection`
 * @param parameters `[database] connection_parameters`, which oslo.db adds to the URL's own
 * @throws ConfigError, without any part of the URL but the name of its database system.
 */
export const databaseUrl = (text: string, parameters = ''): DatabaseUrl => {
  const parts: Parts = URL_PARTS.exec(text)?.groups ?? unusable('is not a database URL');
  const query = queryOf(parts.query ?? '', parameters);
  const system = (parts.name ?? '').split('+')[0] ?? '';
  if (system === 'mysql' || system === 'mariadb') return mysql(parts, query);
  if (system === 'sqlite') return sqlite(parts, query);
  return unusable(`is a ${system} URL, which is not supported: MySQL, MariaDB and SQLite are`);
};
