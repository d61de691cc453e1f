/** `127.0.0.1:5000`, `[::1]:5000`, `:5000`. @throws where it is no address */
export function parseAddress(text: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new Error(`'${text}' is no HOST:PORT`);
  return { host: bracketed ?? (plain || '0.0.0.0'), port: Number(port) };
}

export const printAddress = ({ address, port }: { address: string; port: number }): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
