import { consumed, credentialed, delegated, holder, onProject, redelegated } from './delegation.ts';
import { federated, rescoped } from './federation.ts';
import { minted } from './mint.ts';
import type { World } from './world.ts';

/** How a token of each kind is had from Python, beyond those that a password gives. */
export const MADE = {
  trust: async (it: World) => (await delegated(it)).token,
  'impersonating trust': async (it: World) => (await delegated(it, { impersonation: true })).token,
  'redelegated trust': async (it: World) => (await redelegated(it, false)).token,
  'redelegated impersonating trust': async (it: World) => (await redelegated(it, true)).token,
  'application credential': async (it: World) => (await credentialed(it)).token,
  'unrestricted application credential': async (it: World) => (await credentialed(it, { unrestricted: true })).token,
  'OAuth 1': async (it: World) => (await consumed(it)).token,
  'federated unscoped': async (it: World) => (await federated(it)).token,
  'federated project': async (it: World) => (await rescoped(it, await federated(it), onProject(it))).token,
  'federated domain': async (it: World) =>
    (await rescoped(it, await federated(it), { domain: { id: it.domain } })).token,
  'certificate-bound': async (it: World) => {
    const { id } = await holder(it);
    const payload = {
      user_id: id,
      methods: ['oauth2_credential'],
      project_id: it.project,
      thumbprint: 'A'.repeat(43),
    };
    return minted(it, { class: 'Oauth2CredentialsScopedPayload', payload });
  },
};

export type Kind = keyof typeof MADE;
