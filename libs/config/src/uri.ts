import { isIPv6 } from 'node:net';

// RFC 3986, appendix B. A path, query or fragment is never wrong to oslo.config, which encodes it before it looks.
const PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^\\/?#]*)/i;
const AUTHORITY =
  /^(?:(?:[\w.~!$&'()*+,;=:-]|%[\da-f]{2})+@)?(?<host>\[[^\]]*\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*):?\d{0,5}$/i;
const IPV4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const IP_FUTURE = /^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i;

const hostIsValid = (host: string): boolean => {
  if (host.startsWith('[')) return isIPv6(host.slice(1, -1)) || IP_FUTURE.test(host.slice(1, -1));
  return !IPV4.test(host) || host.split('.').every((octet) => Number(octet) <= 255);
};

/** What keeps a text from being a URI with scheme and host, as oslo.config's URIOpt wants it; or nothing. */
export const uriProblem = (text: string): string | undefined => {
  const [, scheme, authority = ''] = PARTS.exec(text) ?? [];
  if (!scheme) return 'must be a URL such as https://host:port';
  const host = AUTHORITY.exec(authority)?.groups?.['host'];
  return host !== undefined && authority !== '' && hostIsValid(host) ? undefined : 'must be a URL with a valid host';
};
