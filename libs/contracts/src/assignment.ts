import { question } from '@keystone/bus';
import Type, { type Static } from 'typebox';

const Id = Type.String();

export const DomainRef = Type.Object({ id: Id, name: Type.String(), enabled: Type.Boolean() });
export type DomainRef = Static<typeof DomainRef>;

/** A project with its domain; a domain acting as a project has itself for a domain, as Python has it. */
export const ProjectRef = Type.Object({
  id: Id,
  name: Type.String(),
  enabled: Type.Boolean(),
  is_domain: Type.Boolean(),
  domain: DomainRef,
});
export type ProjectRef = Static<typeof ProjectRef>;

export const RoleRef = Type.Object({ id: Id, name: Type.String() });
export type RoleRef = Static<typeof RoleRef>;

const DomainKey = Type.Union([Type.Object({ id: Id }), Type.Object({ name: Type.String() })]);
export type DomainKey = Static<typeof DomainKey>;
const ProjectKey = Type.Union([Type.Object({ id: Id }), Type.Object({ name: Type.String(), domain: DomainKey })]);
export type ProjectKey = Static<typeof ProjectKey>;

/** The domains and projects that a request names, each in the place it was asked for; null where there is none. */
export const resolve = question(
  'assignment.resolve',
  Type.Object({ domains: Type.Array(DomainKey), projects: Type.Array(ProjectKey) }),
  Type.Object({
    domains: Type.Array(Type.Union([DomainRef, Type.Null()])),
    projects: Type.Array(Type.Union([ProjectRef, Type.Null()])),
  }),
);

export const Scope = Type.Union([
  Type.Object({ project_id: Id }),
  Type.Object({ domain_id: Id }),
  Type.Object({ system: Type.Literal('all') }),
]);
export type Scope = Static<typeof Scope>;

/**
 * What the user, and every group (or those given), may do in a scope: granted there, inherited, implied. Grants of
 * groups come apart so that the question can be asked before it is known which groups the user is in. The rest is told
 * where it is asked for: one question for all that a token needs of projects, domains and roles.
 */
export const rolesOn = question(
  'assignment.roles-on',
  Type.Object({
    user_id: Id,
    group_ids: Type.Union([Type.Array(Id), Type.Null()]),
    /** Null: nothing but the rest is asked for. */
    scope: Type.Union([Scope, Type.Null()]),
    /** Domains to tell of besides. */
    domain_ids: Type.Optional(Type.Array(Id)),
    /** Roles that an application credential or an OAuth 1 access token is limited to. */
    role_ids: Type.Optional(Type.Array(Id)),
    /** Groups of a federated token: their grants on the system, and the user's, count in any scope. Roles come whole. */
    federated_group_ids: Type.Optional(Type.Array(Id)),
  }),
  Type.Object({
    /** Null for the system, and where there is no such project or domain. */
    project: Type.Union([ProjectRef, Type.Null()]),
    domain: Type.Union([DomainRef, Type.Null()]),
    grants: Type.Array(Type.Object({ group_id: Type.Union([Id, Type.Null()]), roles: Type.Array(RoleRef) })),
    /** Those of `domain_ids` that there are. */
    domains: Type.Optional(Type.Array(DomainRef)),
    /** Those of `role_ids` that there are, and all that they imply. */
    implied_role_ids: Type.Optional(Type.Array(Id)),
    /** Granted on the system to the user or one of `federated_group_ids`, without what is implied. */
    system_roles: Type.Optional(Type.Array(RoleRef)),
  }),
);

/** A role as `GET /v3/roles` shows it, but for its links. */
const WholeRole = Type.Object({ id: Id, name: Type.String(), domain_id: Type.Union([Id, Type.Null()]) });

/** What one user lets another do in his place, with all that it was handed on through. */
export const Trust = Type.Object({
  trustor_user_id: Id,
  trustee_user_id: Id,
  impersonation: Type.Boolean(),
  /** Seconds since the epoch after which it, or one that it was handed on from, no longer counts. */
  expires_at: Type.Union([Type.Number(), Type.Null()]),
  /** Who began the chain of trusts that this one was handed on through; the trustor where it is the first. */
  original_trustor_user_id: Id,
  /** Those through whose hands it went: all must still be enabled. */
  agent_user_ids: Type.Array(Id),
  /** Was it handed on as `[trust]` and the trusts before it allow? */
  sound: Type.Boolean(),
  /** The roles handed on and all that they imply, whether or not there are such roles any more. */
  role_ids: Type.Array(Id),
});
export type Trust = Static<typeof Trust>;

/**
 * What a trust comes to on its project. `grants` are those of its roles that the trustors, and any group, hold there now;
 * which groups count is known when the trustors' groups are.
 */
export const trustOn = question(
  'assignment.trust-on',
  Type.Object({ trust_id: Id, project_id: Id, domain_ids: Type.Array(Id) }),
  Type.Object({
    project: Type.Union([ProjectRef, Type.Null()]),
    domains: Type.Array(DomainRef),
    /** Null where it, or one that it was handed on from, was deleted or has no uses left. */
    trust: Type.Union([Trust, Type.Null()]),
    roles: Type.Array(WholeRole),
    grants: Type.Array(
      Type.Object({
        user_id: Type.Union([Id, Type.Null()]),
        group_id: Type.Union([Id, Type.Null()]),
        role_id: Id,
      }),
    ),
  }),
);

const Open = Type.Record(Type.String(), Type.Unknown());
const Holder = Type.Object({ user_id: Id, group_ids: Type.Array(Id) });

/** The projects that a user holds a role on, disabled ones too, as `GET /v3/auth/projects` lists them (without links). */
export const projectsOf = question('assignment.projects-of', Holder, Type.Array(Open));

/** The domains that a user holds a role on, as `GET /v3/auth/domains` lists them (without links). */
export const domainsOf = question('assignment.domains-of', Holder, Type.Array(Open));

/** May the user scope to the system? */
export const systemOf = question('assignment.system-of', Holder, Type.Boolean());
