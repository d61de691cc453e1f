import { KeystoneError, notFound } from '@keystone/errors';
import { requireSql } from './driver.ts';
import type { IdentityDeps } from './deps.ts';

interface Asked {
  identity_provider_id: string;
  protocol_id: string;
  group_ids: readonly string[];
}

const refuse = (status: number, message: string, reason: string): never => {
  throw new KeystoneError(status, message, { reason });
};

const FORBIDDEN = 'You are not authorized to perform the requested action.';
const UNEXPECTED = 'An unexpected error prevented the server from fulfilling your request.';

/** Answers `identity.federation-stands` (auth/plugins/mapped.py, handle_scoped_token). */
export async function federationOfToken(
  { identity_provider_id: idp, protocol_id, group_ids }: Asked,
  { federations, config }: IdentityDeps,
): Promise<true> {
  requireSql(config());
  const { enabled, protocol, groupIds } = await federations.find(idp, protocol_id, group_ids);
  if (enabled === null) return notFound('Identity Provider', idp);
  if (!enabled) return refuse(403, FORBIDDEN, `Identity Provider ${idp} is disabled`);
  if (!protocol) {
    throw new KeystoneError(404, `Could not find federated protocol ${protocol_id} for Identity Provider: ${idp}.`);
  }
  if (!protocol.mapped) return notFound('mapping', protocol.mappingId);
  const gone = group_ids.find((id) => !groupIds.includes(id));
  if (gone !== undefined) return refuse(500, UNEXPECTED, `the mapped group ${gone} is gone`);
  return true;
}
