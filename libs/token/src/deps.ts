import type { Bus } from '@keystone/bus';
import type { Config } from '@keystone/config';
import { receiptCodec, tokenCodec, type Codec, type Receipt, type TokenPayload } from '@keystone/fernet';
import { keyRepository, type KeyRepository } from '@keystone/keys';
import type { Context } from '@keystone/module';
import { telling } from '@keystone/python-cache';
import type { Log } from '@keystone/telemetry';
import { hints, type Hints } from './hint.ts';
import { revocationStore, type RevocationStore } from './revocation.store.ts';

export interface TokenDeps {
  bus: Bus;
  config(): Config;
  /** Seconds since the epoch. */
  now(): number;
  log: Log;
  tokenKeys: KeyRepository;
  receiptKeys: KeyRepository;
  tokens(): Codec<TokenPayload>;
  receipts(): Codec<Receipt>;
  revocations: RevocationStore;
  hints: Hints;
}

/** What follows from a configuration, computed when it changes and not before. */
function derived<T>(config: () => Config, derive: (config: Config) => T): () => T {
  let from: Config | undefined;
  let value: T;
  return () => {
    const now = config();
    if (now !== from) [from, value] = [now, derive(now)];
    return value;
  };
}

/**
 * Opens what the token service works with.
 * @throws where `[token] provider` is one that is not served here, or a key repository cannot be read
 */
export function tokenDeps({ bus, config, clock, log, database, pythonCache }: Context): TokenDeps {
  const { token, fernet_tokens, fernet_receipts } = config();
  if (token.provider !== 'fernet') {
    throw new Error(
      `[token] provider: '${token.provider}' is not served here, only 'fernet'. Leave tokens to Python Keystone.`,
    );
  }
  const revocations = revocationStore(database);
  return {
    bus,
    config,
    now: () => clock() / 1000,
    log,
    tokenKeys: keyRepository(fernet_tokens.key_repository, { label: 'fernet tokens' }),
    receiptKeys: keyRepository(fernet_receipts.key_repository, { label: 'fernet receipts' }),
    tokens: derived(config, ({ auth, identity }) =>
      tokenCodec({ methods: auth.methods, defaultDomainId: identity.default_domain_id }),
    ),
    receipts: derived(config, ({ auth }) => receiptCodec({ methods: auth.methods })),
    revocations: { ...revocations, add: telling(pythonCache)('revocation_event.created', revocations.add) },
    hints: hints(),
  };
}
