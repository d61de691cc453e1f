import { reply, type Reply } from '@keystone/api';
import { unauthorized } from '@keystone/errors';
import { TokenError } from '@keystone/fernet';
import { randomBytes } from 'node:crypto';
import type { DomainRef, Subject } from '@keystone/contracts';
import { withKeys } from '@keystone/keys';
import { isoTime } from './clock.ts';
import type { TokenDeps } from './deps.ts';

const isRule = (rule: unknown): rule is string[] =>
  Array.isArray(rule) && rule.length > 0 && rule.every((method) => typeof method === 'string');

/** The user's rules that say something; a corrupt one is passed over, as Python does. */
function rulesOf({ options }: Subject): string[][] {
  const { multi_factor_auth_rules: rules, multi_factor_auth_enabled: enabled } = options;
  return enabled === false || !Array.isArray(rules) ? [] : rules.filter(isRule);
}

/**
 * Do these methods satisfy the user's rules (auth/core.py UserMFARulesValidator)? A rule counts for its methods that are
 * configured; where no rule has any, the login passes, so that nobody is locked out by configuration.
 */
export function satisfiesRules(subject: Subject, methods: readonly string[], configured: readonly string[]): boolean {
  const usable = rulesOf(subject)
    .map((rule) => rule.filter((method) => configured.includes(method)))
    .filter((rule) => rule.length > 0);
  return usable.length === 0 || usable.some((rule) => rule.every((method) => methods.includes(method)));
}

/** The methods that an earlier, insufficient login has proved. @throws 401 for a receipt that is no good */
export function readReceipt(text: string | undefined, userId: string, deps: TokenDeps): string[] {
  if (!text) return [];
  const refuse = (why: string) => unauthorized(`auth receipt: ${why}`);
  try {
    const receipt = withKeys(deps.receiptKeys, (keys) => deps.receipts().decode(text, keys));
    if (deps.now() >= Math.floor(receipt.expiresAt)) return refuse('expired');
    return receipt.userId === userId ? receipt.methods : refuse('made for another user');
  } catch (error) {
    if (error instanceof TokenError) return refuse(error.message);
    throw error;
  }
}

/** The answer to a login that needs more: 401 with a receipt for what it has proved so far (receipt/handlers.py). */
export function receiptFor(subject: Subject, domain: DomainRef, methods: string[], deps: TokenDeps): Reply {
  const { receipt, auth } = deps.config();
  const issuedAt = Math.floor(deps.now());
  const expiresAt = issuedAt + receipt.expiration;
  const payload = { userId: subject.id, methods, expiresAt, issuedAt };
  const id = deps.receipts().encode(payload, deps.receiptKeys.current(), randomBytes);
  const required = rulesOf(subject).filter((rule) => rule.some((method) => auth.methods.includes(method)));
  const body = {
    receipt: {
      methods,
      user: { id: subject.id, name: subject.name, domain: { id: domain.id, name: domain.name } },
      expires_at: isoTime(expiresAt),
      issued_at: isoTime(issuedAt),
    },
    required_auth_methods: required,
  };
  return reply(body, { 'openstack-auth-receipt': id }, 401);
}
