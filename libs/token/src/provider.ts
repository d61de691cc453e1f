import type { Config } from '@keystone/config';
import { handOver } from '@keystone/errors';

/**
 * Fernet tokens are served here; where the configuration asks for others, Python answers.
 * @throws 503 that makes Envoy ask Python
 */
export function requireFernet({ token }: Config): void {
  if (token.provider !== 'fernet') handOver(`[token] provider = ${token.provider}`);
}
