/** An answer, its JSON parsed. `body` is undefined where there is none, and the text where it is not JSON. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test says what it expects of the body
export interface Answer<B = any> {
  status: number;
  headers: Headers;
  body: B;
}

export interface Sent {
  /** Sent as JSON; text and bytes go as they are. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Requests of one caller. Those that take a status fail where the answer has another. */
export interface Client {
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  get(path: string, status: number): Promise<Answer>;
  head(path: string, status: number): Promise<Answer>;
  post(path: string, body: unknown, status: number): Promise<Answer>;
  put(path: string, body: unknown, status: number): Promise<Answer>;
  patch(path: string, body: unknown, status: number): Promise<Answer>;
  delete(path: string, status: number): Promise<Answer>;
}

const asBody = (body: unknown): string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' ? body : body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * @param token sent as `X-Auth-Token`, unless null
 * @param explain what is known of a request by its id, for the message of a failed expectation
 */
export function client(base: string, token: string | null, explain: (requestId: string) => string): Client {
  async function send(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Answer> {
    const response = await fetch(base + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token !== null && { 'x-auth-token': token }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: asBody(body) }),
    });
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
  }

  async function expected(status: number, method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const answer = await send(method, path, sent);
    if (answer.status === status) return answer;
    const why = explain(answer.headers.get('x-openstack-request-id') ?? '');
    const got = `${answer.status} ${JSON.stringify(answer.body) ?? ''}`;
    throw new Error(`${method} ${path} as ${token ?? 'nobody'}: ${got} instead of ${status}${why && `\n${why}`}`);
  }

  return {
    send,
    get: (path, status) => expected(status, 'GET', path),
    head: (path, status) => expected(status, 'HEAD', path),
    post: (path, body, status) => expected(status, 'POST', path, { body }),
    put: (path, body, status) => expected(status, 'PUT', path, { body }),
    patch: (path, body, status) => expected(status, 'PATCH', path, { body }),
    delete: (path, status) => expected(status, 'DELETE', path),
  };
}
