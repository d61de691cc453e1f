import { StartError } from './start-error.ts';

/**
 * `127.0.0.1:5000`, `[::1]:5000`, `:5000`.
 * @param flag what gives it, for the error
 * @throws StartError where it is no address
 */
export function parseAddress(text: string, flag: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new StartError(`${flag} '${text}' is no HOST:PORT`);
  return { host: bracketed ?? (plain || '0.0.0.0'), port: Number(port) };
}

export const printAddress = ({ address, port }: { address: string; port: number }): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
