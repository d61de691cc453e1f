import type { TestApi } from './api.ts';
import type { Sent } from './client.ts';
import { personas, type Persona } from './persona.ts';

/**
 * The personas that a request is not forbidden. For a request that changes something take one that is allowed and then
 * fails, e.g. the deletion of what is not there: policy is asked before.
 *
 * @throws Error where the request is answered to somebody without a token
 */
export async function whoMay(api: TestApi, method: string, path: string, sent: Sent = {}): Promise<Persona[]> {
  for (const nobody of [null, 'not-a-token']) {
    const { status } = await api.as(nobody).send(method, path, sent);
    if (status !== 401) throw new Error(`${method} ${path} as ${nobody ?? 'nobody'}: ${status} instead of 401`);
  }
  const allowed: Persona[] = [];
  for (const persona of personas) {
    const { status } = await api.as(persona).send(method, path, sent);
    if (status === 401 || status >= 500) throw new Error(`${method} ${path} as ${persona}: ${status}`);
    if (status !== 403) allowed.push(persona);
  }
  return allowed;
}
