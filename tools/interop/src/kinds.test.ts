import { beforeAll, expect, test } from 'vitest';
import { alike } from './alike.ts';
import { consumed, credentialed, delegated, holder, onProject, redelegated } from './delegation.ts';
import { federated, rescoped } from './federation.ts';
import { minted } from './mint.ts';
import { interopStack } from './stack.ts';
import { world, type World } from './world.ts';

let it: World;

beforeAll(async () => {
  it = await world(await interopStack());
});

const THUMBPRINT = 'A'.repeat(43);

/** How a token of each kind is had from Python. */
const kinds: Record<string, () => Promise<string>> = {
  trust: async () => (await delegated(it)).token,
  'impersonating trust': async () => (await delegated(it, { impersonation: true })).token,
  'redelegated trust': async () => (await redelegated(it, false)).token,
  'redelegated impersonating trust': async () => (await redelegated(it, true)).token,
  'application credential': async () => (await credentialed(it)).token,
  'unrestricted application credential': async () => (await credentialed(it, { unrestricted: true })).token,
  'OAuth 1': async () => (await consumed(it)).token,
  'federated unscoped': async () => (await federated(it)).token,
  'federated project': async () => (await rescoped(it, await federated(it), onProject(it))).token,
  'federated domain': async () => (await rescoped(it, await federated(it), { domain: { id: it.domain } })).token,
  'certificate-bound': async () => {
    const { id } = await holder(it);
    const payload = { user_id: id, methods: ['oauth2_credential'], project_id: it.project, thumbprint: THUMBPRINT };
    return minted(it, { class: 'Oauth2CredentialsScopedPayload', payload });
  },
};

test.each(Object.keys(kinds))('a token of kind %s is validated here as Python does it', async (kind) => {
  const token = (await kinds[kind]?.()) ?? '';
  expect(await alike(it, token)).toEqual([200, 200]);
  // A second time: by then it is known what there is to ask for.
  expect(await alike(it, token)).toEqual([200, 200]);
});
