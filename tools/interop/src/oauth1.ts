import { createHmac, randomUUID } from 'node:crypto';

export interface Signed {
  url: string;
  consumer: { id: string; secret: string };
  token?: { id: string; secret: string };
  /** Further parameters: `oauth_verifier`, `oauth_callback`. */
  more?: Record<string, string>;
}

const quoted = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** The Authorization header of a POST signed with HMAC-SHA1 (RFC 5849, section 3.4). */
export function authorization({ url, consumer, token, more = {} }: Signed): string {
  const parameters: Record<string, string> = {
    oauth_consumer_key: consumer.id,
    oauth_nonce: randomUUID().replaceAll('-', ''),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
    oauth_version: '1.0',
    ...(token && { oauth_token: token.id }),
    ...more,
  };
  const normalised = Object.entries(parameters)
    .map(([name, value]) => `${quoted(name)}=${quoted(value)}`)
    .sort()
    .join('&');
  const text = ['POST', quoted(url), quoted(normalised)].join('&');
  const key = `${quoted(consumer.secret)}&${quoted(token?.secret ?? '')}`;
  const signature = createHmac('sha1', key).update(text).digest('base64');
  const all = { ...parameters, oauth_signature: signature };
  return `OAuth ${Object.entries(all)
    .map(([name, value]) => `${name}="${quoted(value)}"`)
    .join(', ')}`;
}
