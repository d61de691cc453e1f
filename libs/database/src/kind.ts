/** The engines. MariaDB and whatever else speaks MySQL's protocol is `mysql`. */
export type Kind = 'mysql' | 'sqlite';

/**
 * Where the database is: `[database] connection`, read. Paths in `ssl` are those of PEM files, as PyMySQL takes them
 * (`ssl_ca`, `ssl_cert`, `ssl_key`).
 */
export type DatabaseUrl =
  | {
      kind: 'mysql';
      host: string;
      port: number;
      user: string;
      password: string;
      database: string;
      socketPath?: string;
      charset?: string;
      ssl?: { ca?: string; cert?: string; key?: string };
    }
  | { kind: 'sqlite'; file: string };
