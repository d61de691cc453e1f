import { forbiddenAction } from '@keystone/errors';
import type { TokenPayload } from '@keystone/fernet';
import type { ScopeRequest } from './auth-request.ts';
import type { Config } from '@keystone/config';

const PRIMARY = ['external', 'kerberos', 'mapped', 'openid', 'password', 'saml2', 'token', 'totp', 'x509'];

/** Was the token issued for something handed on: an application credential, an EC2 credential, any unknown method? */
export const isDelegated = ({ methods }: TokenPayload, { auth }: Config): boolean => {
  const primary = new Set([...PRIMARY, ...auth.additional_primary_auth_methods]);
  return methods.length === 0 || methods.some((method) => !primary.has(method));
};

/** @throws 403 where a token may not be exchanged for another (auth/plugins/token.py) */
export function checkRescope(payload: TokenPayload, scope: ScopeRequest, config: Config): void {
  if (payload.kind === 'oauth1') {
    forbiddenAction('Using OAuth-scoped token to create another token. Create a new OAuth-scoped token instead');
  }
  if (payload.kind === 'trust') {
    forbiddenAction('Using trust-scoped token to create another token. Create a new trust-scoped token instead');
  }
  if (payload.kind === 'system' && (scope.kind === 'project' || scope.kind === 'domain')) {
    forbiddenAction('Using a system-scoped token to create a project-scoped or domain-scoped token is not allowed.');
  }
  if (isDelegated(payload, config)) {
    forbiddenAction('Using a delegated token to create another token is not allowed.');
  }
  if (!config.token.allow_rescope_scoped_token && payload.kind !== 'unscoped')
    forbiddenAction('rescope a scoped token');
}
