import { ask } from '@keystone/bus';
import { catalogFor, rolesOn, subjectOf, trustOn } from '@keystone/contracts';
import type { TokenPayload } from '@keystone/fernet';
import type { TokenDeps } from './deps.ts';
import { isFederated, nothing, type Known } from './known.ts';
import { catalogUser, domainsToAsk, learn, peopleToAsk, rolesToAsk } from './need.ts';
import { scopeOf } from './scope.ts';

interface Gathering {
  payload: TokenPayload;
  known: Known;
  deps: TokenDeps;
}

/** What a token names that identity knows of, besides users. */
function named(payload: TokenPayload) {
  if (payload.kind === 'application-credential') return { application_credential_id: payload.applicationCredentialId };
  if (payload.kind === 'oauth1') return { access_token_id: payload.accessTokenId };
  return isFederated(payload) ? { identity_provider_id: payload.idpId } : {};
}

async function askPeople({ payload, known, deps }: Gathering, ids: readonly string[]): Promise<void> {
  const [user_id = '', ...others] = ids;
  const first = known.people.size === 0;
  const answer = await ask(deps.bus, subjectOf, {
    user_id,
    ...(others.length > 0 && { other_user_ids: others }),
    ...(first && named(payload)),
  });
  const found = new Map([answer.subject, ...(answer.others ?? [])].map((subject) => [subject?.id, subject]));
  for (const id of ids) known.people.set(id, found.get(id) ?? null);
  known.serviceProviders = answer.service_providers;
  const { application_credential, access_token, identity_provider } = answer;
  if (application_credential !== undefined) known.applicationCredential = application_credential;
  if (access_token !== undefined) known.accessToken = access_token;
  if (identity_provider !== undefined) known.identityProvider = identity_provider;
}

interface Places {
  domains: readonly string[];
  roles: readonly string[];
}

function keepDomains(known: Known, asked: readonly string[], found: readonly { id: string }[] = []): void {
  const byId = new Map(found.map((domain) => [domain.id, domain]));
  for (const id of asked) known.domains.set(id, (byId.get(id) ?? null) as never);
}

async function askTrust({ payload, known, deps }: Gathering, { domains }: Places): Promise<void> {
  if (payload.kind !== 'trust') return;
  const { trustId: trust_id, projectId: project_id } = payload;
  const {
    project,
    domains: found,
    ...trust
  } = await ask(deps.bus, trustOn, {
    trust_id,
    project_id,
    domain_ids: [...domains],
  });
  known.project = project;
  known.trust = trust;
  keepDomains(known, domains, found);
}

async function askRoles({ payload, known, deps }: Gathering, { domains, roles }: Places): Promise<void> {
  const scope = known.placed ? null : scopeOf(payload);
  const answer = await ask(deps.bus, rolesOn, {
    user_id: payload.userId,
    group_ids: null,
    scope,
    ...(domains.length > 0 && { domain_ids: [...domains] }),
    ...(roles.length > 0 && { role_ids: [...roles] }),
    ...(scope && isFederated(payload) && { federated_group_ids: payload.groupIds }),
  });
  if (scope) {
    const { project, domain, grants, system_roles: systemRoles = [] } = answer;
    Object.assign(known, { project, domain, grants, systemRoles });
  }
  keepDomains(known, domains, answer.domains);
  if (roles.length > 0) {
    known.askedRoles = roles;
    known.impliedRoles = new Set(answer.implied_role_ids);
  }
}

async function askPlaces(gathering: Gathering, places: Places): Promise<void> {
  const { payload, known } = gathering;
  const first = payload.kind === 'trust' && !known.placed ? askTrust : askRoles;
  await first(gathering, places);
  known.placed = true;
}

async function askCatalog({ payload, known, deps }: Gathering, userId: string): Promise<void> {
  const scope = scopeOf(payload);
  const project_id = scope && 'project_id' in scope ? scope.project_id : null;
  known.catalog = { userId, entries: await ask(deps.bus, catalogFor, { user_id: userId, project_id }) };
}

async function askEvents({ payload, known, deps }: Gathering, people: readonly string[]): Promise<void> {
  known.events = { people: people.join(), found: await deps.revocations.thatMayMatch(payload, people) };
}

/** The questions that can be asked now: one to each of the others at most. */
function questions(gathering: Gathering, wantsCatalog: boolean): Promise<void>[] {
  const { payload, known, deps } = gathering;
  const asked: Promise<void>[] = [];
  // Looked at before anything is asked, for an answer may come at once.
  const people = peopleToAsk(payload, known, deps.hints);
  const places = { domains: domainsToAsk(payload, known, deps.hints), roles: rolesToAsk(payload, known, deps.hints) };
  const scope = scopeOf(payload);
  const owner = catalogUser(payload, known, deps.hints);
  const matter = payload.kind === 'trust' ? owner && [payload.userId, owner] : [payload.userId];
  if (people.length > 0) asked.push(askPeople(gathering, people));
  if ((scope && !known.placed) || places.domains.length + places.roles.length > 0) {
    asked.push(askPlaces(gathering, places));
  }
  if (wantsCatalog && scope && owner && known.catalog?.userId !== owner) asked.push(askCatalog(gathering, owner));
  if (matter && known.events?.people !== matter.join()) asked.push(askEvents(gathering, matter));
  return asked;
}

/**
 * Asks for all that the validation of a token depends on, at once as far as it is known what that is: whatever an answer
 * shows to be missing is asked for in another round. With hints from an earlier validation one round is enough, without
 * them two, and three for a trust whose trustor is of a domain that nothing before names.
 *
 * @param known what need not be asked for
 */
export async function gather(
  payload: TokenPayload,
  wantsCatalog: boolean,
  deps: TokenDeps,
  known = nothing(),
): Promise<Known> {
  const gathering = { payload, known, deps };
  for (;;) {
    const asked = questions(gathering, wantsCatalog);
    if (asked.length === 0) break;
    await Promise.all(asked);
  }
  learn(payload, gathering.known, deps.hints);
  return gathering.known;
}
