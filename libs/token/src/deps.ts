import type { Bus } from '@keystone/bus';
import type { Config } from '@keystone/config';
import { receiptCodec, tokenCodec, type Codec, type Receipt, type TokenPayload } from '@keystone/fernet';
import { followFeed, localFeed, measureFeed, type Feed } from '@keystone/feed';
import { keyRepository, type KeyRepository } from '@keystone/keys';
import type { Context } from '@keystone/module';
import { telling } from '@keystone/python-cache';
import type { Log } from '@keystone/telemetry';
import { hints, type Hints } from './hint.ts';
import { measureMemory, tokenMemory, type TokenMemory } from './remembered.ts';
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
  feed: Feed;
  memory: TokenMemory;
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

/** Of all commits where others write too; of its own where this process is alone with its file. */
function feedOf({ bus, config, log, database }: Pick<Context, 'bus' | 'config' | 'log' | 'database'>): Feed {
  const clock = () => performance.now();
  if (config().kts.nats_url || !database.watch) return followFeed(bus, { clock });
  const report = (error: unknown) => log.error('what has changed could not be forgotten', { error });
  return localFeed(database.watch, { clock, report });
}

/**
 * Opens what the token service works with.
 * @throws where `[token] provider` is one that is not served here, or a key repository cannot be read
 */
export function tokenDeps({ bus, config, clock, log, database, pythonCache, meter }: Context): TokenDeps {
  const { token, fernet_tokens, fernet_receipts } = config();
  if (token.provider !== 'fernet') {
    throw new Error(
      `[token] provider: '${token.provider}' is not served here, only 'fernet'. Leave tokens to Python Keystone.`,
    );
  }
  const revocations = revocationStore(database);
  const now = () => clock() / 1000;
  const tokenKeys = keyRepository(fernet_tokens.key_repository, { label: 'fernet tokens' });
  const feed = feedOf({ bus, config, log, database });
  measureFeed(feed, meter);
  const memory = tokenMemory({ config, now, feed, keys: tokenKeys });
  measureMemory(memory, { meter });
  return {
    bus,
    config,
    now,
    log,
    tokenKeys,
    feed,
    memory,
    receiptKeys: keyRepository(fernet_receipts.key_repository, { label: 'fernet receipts' }),
    tokens: derived(config, ({ auth, identity }) =>
      tokenCodec({ methods: auth.methods, defaultDomainId: identity.default_domain_id }),
    ),
    receipts: derived(config, ({ auth }) => receiptCodec({ methods: auth.methods })),
    revocations: { ...revocations, add: telling(pythonCache)('revocation_event.created', revocations.add) },
    hints: hints(),
  };
}
