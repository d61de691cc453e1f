import type { Config } from '@keystone/config';
import { handOver } from '@keystone/errors';

/**
 * Users and groups live in this database, unless the configuration says otherwise: then Python answers.
 * @throws 503 that makes Envoy ask Python
 */
export function requireSql({ identity }: Config): void {
  if (identity.domain_specific_drivers_enabled) handOver('[identity] domain_specific_drivers_enabled');
  if (identity.driver !== 'sql') handOver(`[identity] driver = ${identity.driver}`);
}
