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
 * groups come apart so that the question can be asked before it is known which groups the user is in.
 */
export const rolesOn = question(
  'assignment.roles-on',
  Type.Object({ user_id: Id, group_ids: Type.Union([Type.Array(Id), Type.Null()]), scope: Scope }),
  Type.Object({
    /** Null for the system, and where there is no such project or domain. */
    project: Type.Union([ProjectRef, Type.Null()]),
    domain: Type.Union([DomainRef, Type.Null()]),
    grants: Type.Array(Type.Object({ group_id: Type.Union([Id, Type.Null()]), roles: Type.Array(RoleRef) })),
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
