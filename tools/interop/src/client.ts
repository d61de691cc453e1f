import { type Agent, request as send } from 'node:http';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  // Bodies of every route come through here; each test says what it expects of its own.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

interface Sent {
  token?: string | undefined;
  subject?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  agent?: Agent;
}

/** One request, its JSON read; a socket error rejects. */
export function call(base: string, method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const text = sent.body === undefined ? undefined : JSON.stringify(sent.body);
  const headers = {
    ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    ...(sent.token && { 'x-auth-token': sent.token }),
    ...(sent.subject && { 'x-subject-token': sent.subject }),
    ...sent.headers,
  };
  return new Promise((resolve, reject) => {
    const req = send(base + path, { method, headers, ...(sent.agent && { agent: sent.agent }) }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        const json = /^[[{]/.test(raw) ? (JSON.parse(raw) as unknown) : raw;
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: json });
      });
    });
    req.once('error', reject);
    req.end(text);
  });
}

export interface Login {
  user: { id: string } | { name: string; domain: { id: string } };
  password: string;
  scope?: unknown;
}

export const passwordBody = ({ user, password, scope }: Login) => ({
  auth: {
    identity: { methods: ['password'], password: { user: { ...user, password } } },
    ...(scope !== undefined && { scope }),
  },
});

export interface Issued {
  token: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Answer.body
  body: any;
}

/** Issues a token. @throws with the answer where the status is not 201 */
export async function logIn(base: string, body: unknown, query = ''): Promise<Issued> {
  const answer = await call(base, 'POST', `/v3/auth/tokens${query}`, { body });
  if (answer.status !== 201) throw new Error(`login: ${answer.status} ${JSON.stringify(answer.body)}`);
  return { token: String(answer.headers['x-subject-token']), body: answer.body.token };
}

export const ADMIN_PROJECT = { project: { name: 'admin', domain: { id: 'default' } } };

/** What is alike in two answers for one token: lists in any order. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Answer.body
export function sorted(value: any): any {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}
