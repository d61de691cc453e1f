import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
// This library is the other one that speaks MySQL's protocol: the driver signs in, then its socket is ours.
// eslint-disable-next-line no-restricted-imports
import * as mysql2 from 'mysql2';
import { BinlogError } from './binlog-error.ts';
import { failure } from './failure.ts';
import type { Position } from './position.ts';
import { IDENTITY } from './server.ts';

export interface ServerAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  socketPath?: string;
  ssl?: ServerTls;
}

/** Paths of PEM files, and how far the server is checked. */
export interface ServerTls {
  ca?: string;
  cert?: string;
  key?: string;
  cipher?: string;
  verifyCertificate: boolean;
  verifyHostname: boolean;
}

/** Milliseconds. */
const CONNECT_TIMEOUT = 2_000;
const QUERY_TIMEOUT = 2_000;

export type ResultRow = Record<string, unknown>;

/** A connection for questions. */
export interface Session {
  /** One statement, or several with `;`. @returns the rows of each. @throws BinlogError */
  query(sql: string, values?: unknown[]): Promise<ResultRow[][]>;
  close(): void;
}

const connectionOptions = (server: ServerAddress): mysql2.ConnectionOptions => ({
  host: server.host,
  port: server.port,
  user: server.user,
  password: server.password,
  database: server.database,
  ...(server.socketPath !== undefined && { socketPath: server.socketPath }),
  ...(server.ssl && { ssl: tls(server.ssl) }),
  connectTimeout: CONNECT_TIMEOUT,
  multipleStatements: true,
  dateStrings: true,
  charset: 'UTF8MB4_GENERAL_CI',
});

const tls = ({ ca, cert, key, cipher, verifyCertificate, verifyHostname }: ServerTls): mysql2.SslOptions => ({
  ...(ca !== undefined && { ca: readFileSync(ca) }),
  ...(cert !== undefined && { cert: readFileSync(cert) }),
  ...(key !== undefined && { key: readFileSync(key) }),
  ...(cipher !== undefined && { ciphers: cipher }),
  rejectUnauthorized: verifyCertificate,
  verifyIdentity: verifyHostname,
});

function signIn(server: ServerAddress): Promise<mysql2.Connection> {
  const connection = mysql2.createConnection(connectionOptions(server));
  return new Promise((resolve, reject) => {
    // A connection's trouble is told to whoever asks it next; without a listener it would end the process.
    connection.on('error', () => undefined);
    connection.connect((error) => {
      if (!error) return resolve(connection);
      connection.destroy();
      reject(failure(error));
    });
  });
}

const run = (connection: mysql2.Connection, sql: string, values: unknown[] = []): Promise<ResultRow[][]> =>
  new Promise((resolve, reject) => {
    connection.query({ sql, values, timeout: QUERY_TIMEOUT }, (error, result) => {
      if (error) return reject(failure(error));
      const several = Array.isArray(result) && result.some(Array.isArray);
      const all: unknown[] = several ? (result as unknown[]) : [result];
      resolve(all.filter((rows) => Array.isArray(rows)) as ResultRow[][]);
    });
  });

/** @throws BinlogError */
export async function openSession(server: ServerAddress): Promise<Session> {
  const connection = await signIn(server);
  return { query: (sql, values) => run(connection, sql, values), close: () => connection.destroy() };
}

export interface DumpOptions {
  from: Position;
  /** Milliseconds after which the server says that it lives when it has nothing to tell. */
  heartbeat: number;
  checksums: boolean;
  /** Of the server that was looked at. */
  identity: string;
}

const COM_BINLOG_DUMP = 0x12;
/** The command has four bytes for it. */
const LARGEST_OFFSET = 0xffff_ffff;

function dumpCommand({ file, offset }: Position): Buffer {
  const name = Buffer.from(file);
  const packet = Buffer.alloc(4 + 11 + name.length);
  packet.writeUIntLE(packet.length - 4, 0, 3);
  packet.writeUInt8(COM_BINLOG_DUMP, 4);
  packet.writeUInt32LE(offset, 5);
  // Anything that is nobody's: a server ends the stream of a reader when another comes with the same number.
  packet.writeUInt32LE(randomInt(0x4000_0000, 0x7fff_ffff), 11);
  name.copy(packet, 15);
  return packet;
}

/** Has the server send its binlog. @returns the socket it arrives by. @throws BinlogError */
export async function openDump(server: ServerAddress, options: DumpOptions): Promise<Socket> {
  const { from, heartbeat, checksums, identity } = options;
  if (from.offset > LARGEST_OFFSET) throw new BinlogError('position', `${from.file} is longer than 4 GiB`);
  const connection = await signIn(server);
  const nanoseconds = heartbeat * 1_000_000;
  const checksum = checksums ? 'CRC32' : 'NONE';
  try {
    const [[found] = []] = await run(
      connection,
      `${IDENTITY}; SET @master_heartbeat_period = ${nanoseconds}, @source_heartbeat_period = ${nanoseconds},
           @master_binlog_checksum = '${checksum}', @source_binlog_checksum = '${checksum}',
           @mariadb_slave_capability = 4`,
    );
    if (found?.['identity'] !== identity) {
      throw new BinlogError(
        'setup',
        'one address leads to several servers: name the one whose binlog is to be followed',
      );
    }
  } catch (error) {
    connection.destroy();
    throw error;
  }
  const { stream } = connection as unknown as { stream: Socket };
  stream.removeAllListeners('data');
  stream.pause();
  stream.write(dumpCommand(from));
  return stream;
}
