import { answer } from '@keystone/bus';
import { introspect } from '@keystone/contracts';
import type { KeyRepository } from '@keystone/keys';
import { module, type Dependency } from '@keystone/module';
import { authScopeOperations } from './auth-scope.ts';
import { authTokenOperations } from './auth-token.ts';
import { tokenDeps, type TokenDeps } from './deps.ts';
import { introspection } from './introspection.ts';
import type { TokenMemory } from './remembered.ts';
import { RevocationEventTable } from './revocation.store.ts';
import { versionOperations } from './version.ts';

/** Keys that can no longer be read go on in use: that is for the operator to know, and no reason to send clients away. */
function keysReady({ status }: KeyRepository): Dependency {
  const { label, keys, problem } = status();
  const held = `${keys} keys`;
  return { name: label, ready: keys > 0, detail: problem ? `${problem}; ${held} read before go on` : held };
}

/** Without a memory every validation reads through: slower, never wrong. */
function memoryReady({ state, stats }: TokenMemory): Dependency {
  const { live, why } = state();
  return { name: 'memory', ready: true, detail: live ? `live, ${stats().entries} tokens` : `off: ${why}` };
}

/** Logins, tokens and what they open: `/`, `/v3`, `/v3/auth/*`. */
export const token = module<TokenDeps>({
  name: 'token',
  tables: [RevocationEventTable],
  operations: [...versionOperations, ...authTokenOperations, ...authScopeOperations],
  deps: tokenDeps,
  listen: (bus, deps) => answer(bus, introspect, ({ token: text }) => introspection(text, deps)),
  readiness: ({ tokenKeys, receiptKeys, memory }) => [...[tokenKeys, receiptKeys].map(keysReady), memoryReady(memory)],
  close: ({ tokenKeys, receiptKeys, feed }) => {
    feed.close();
    tokenKeys.close();
    receiptKeys.close();
  },
});
