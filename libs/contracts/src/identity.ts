import { question } from '@keystone/bus';
import Type, { type Static, type TSchema } from 'typebox';

const Id = Type.String();
const OrNull = <T extends TSchema>(type: T) => Type.Union([type, Type.Null()]);
const IdOrNull = OrNull(Id);

/** What a token needs to know of its user. */
export const Subject = Type.Object({
  id: Id,
  name: Type.String(),
  domain_id: Id,
  /** As Python computes it: false, too, for a user idle longer than `[security_compliance]` allows. */
  enabled: Type.Boolean(),
  default_project_id: IdOrNull,
  /** As Python prints it: ISO 8601 in UTC with microseconds and no Z, `2016-11-06T15:32:17.000000`; null for never. */
  password_expires_at: Type.Union([Type.String(), Type.Null()]),
  /** `multi_factor_auth_rules`, `multi_factor_auth_enabled` and the other user options, by name. */
  options: Type.Record(Type.String(), Type.Unknown()),
  /** Memberships that hold now, those of federation that expire too. */
  group_ids: Type.Array(Id),
  /** Key of the row that names and passwords hang on, by which a changed password is told; null for users of other places. */
  local_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  /** Seconds since the epoch at which time alone makes another answer of this; absent where it does not. */
  until: Type.Optional(Type.Number()),
});
export type Subject = Static<typeof Subject>;

/** An enabled service provider: every token lists them. */
const ServiceProvider = Type.Object({ id: Id, auth_url: Type.String(), sp_url: Type.String() });

/**
 * Is this the user's password? Errors: 401, with the reason for the log; a user who must change an expired password is
 * told so, as Python tells him. Failed attempts are counted and locked out as `[security_compliance]` says.
 */
export const authenticate = question(
  'identity.authenticate',
  Type.Object({
    user: Type.Union([Type.Object({ id: Id }), Type.Object({ name: Type.String(), domain_id: Id })]),
    password: Type.String(),
  }),
  Type.Object({ subject: Subject, service_providers: Type.Array(ServiceProvider) }),
  { secret: true, deadline: 30_000 },
);

/** An application credential, as far as a token made with it shows it. */
export const ApplicationCredential = Type.Object({
  id: Id,
  name: Type.String(),
  unrestricted: Type.Boolean(),
  role_ids: Type.Array(Id),
  /** Null where it may be used for every request. */
  access_rules: OrNull(
    Type.Array(
      Type.Object({
        id: IdOrNull,
        service: OrNull(Type.String()),
        path: OrNull(Type.String()),
        method: OrNull(Type.String()),
      }),
    ),
  ),
});
export type ApplicationCredential = Static<typeof ApplicationCredential>;

/** What a user has let a consumer do for him (OAuth 1). */
export const AccessToken = Type.Object({ id: Id, consumer_id: Id, role_ids: Type.Array(Id) });
export type AccessToken = Static<typeof AccessToken>;

/**
 * Who the user of a token is now; null where there is none (any more). The rest is told where it is asked for: one
 * question for all that a token needs of people and of what they have made.
 */
export const subjectOf = question(
  'identity.subject-of',
  Type.Object({
    user_id: Id,
    /** Of a trust: who else takes part in it. */
    other_user_ids: Type.Optional(Type.Array(Id)),
    application_credential_id: Type.Optional(Id),
    access_token_id: Type.Optional(Id),
    identity_provider_id: Type.Optional(Id),
  }),
  Type.Object({
    subject: OrNull(Subject),
    service_providers: Type.Array(ServiceProvider),
    /** Those of `other_user_ids` that there are. */
    others: Type.Optional(Type.Array(Subject)),
    application_credential: Type.Optional(OrNull(ApplicationCredential)),
    access_token: Type.Optional(OrNull(AccessToken)),
    identity_provider: Type.Optional(OrNull(Type.Object({ id: Id, enabled: Type.Boolean() }))),
  }),
);

const Named = Type.Object({ id: Id, name: Type.String(), domain_id: Id });

/** Names of users and groups, for lists that show them; who is not there is left out. */
export const namesOf = question(
  'identity.names-of',
  Type.Object({ user_ids: Type.Array(Id), group_ids: Type.Array(Id) }),
  Type.Object({ users: Type.Array(Named), groups: Type.Array(Named) }),
);

/** The users in each of the groups. */
export const membersOf = question(
  'identity.members-of',
  Type.Object({ group_ids: Type.Array(Id) }),
  Type.Array(Type.Object({ group_id: Id, user_id: Id })),
);

/** The groups that a user is in now. */
export const groupsOf = question('identity.groups-of', Type.Object({ user_id: Id }), Type.Array(Id));

/**
 * May a federated token be exchanged for another? Errors: 403 where its identity provider is disabled, 404 where that,
 * the protocol or its mapping is gone, 500 where a group is, as Python has it.
 */
export const federationStands = question(
  'identity.federation-stands',
  Type.Object({ identity_provider_id: Id, protocol_id: Id, group_ids: Type.Array(Id) }),
  Type.Literal(true),
);
