import { KeystoneError } from '@keystone/errors';
import { matchesRule } from './access-rule.ts';
import { ADMIN_TOKEN_CALLER, type Caller } from './caller.ts';
import type { Exchange, Host } from './pipeline.ts';

type Asking = Pick<Exchange, 'method' | 'path' | 'headers'>;
type Askable = Pick<Host, 'authenticate' | 'settings'>;

const header = ({ headers }: Asking, name: string): string | undefined => {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** Looked at by whoever checks tokens, whatever the rules say (keystonemiddleware's validate_allowed_request). */
const isValidation = ({ method, path }: Asking) => method === 'GET' && path.endsWith('/v3/auth/tokens');

/**
 * Is the request one that the caller's application credential is good for? A service that asks on behalf of a user may
 * ask what it must, so a service token goes before the rules: a good one, where Python is content with any.
 */
async function mayAsk(caller: Caller, request: Asking, host: Askable): Promise<boolean> {
  const { accessRules } = caller;
  if (!accessRules || isValidation(request)) return true;
  if (!caller.identity_in_catalog) return false;
  const serviceToken = header(request, 'x-service-token');
  if (serviceToken && (await host.authenticate(serviceToken))) return true;
  return accessRules.some((rule) => rule.service === 'identity' && matchesRule(rule, request));
}

/**
 * Who asks; null where no token was sent, or none that is good.
 * @throws 401 where the token is good but not for this request; 404 and 403 as {@link Host.authenticate} does
 */
export async function identify(request: Asking, host: Askable): Promise<Caller | null> {
  const token = header(request, 'x-auth-token');
  if (!token) return null;
  const { admin_token } = host.settings();
  if (admin_token && token === admin_token) return ADMIN_TOKEN_CALLER;
  const caller = await host.authenticate(token);
  if (caller?.accessRules && !(await mayAsk(caller, request, host))) {
    throw new KeystoneError(401, 'The request you have made requires authentication.', {
      reason: "the request is not among the application credential's access rules",
    });
  }
  return caller;
}
