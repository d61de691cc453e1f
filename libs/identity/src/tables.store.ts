import { column, key, nullable } from '@keystone/database';
import { EntitySchema } from 'typeorm';
import { AccessTokenTable, ConsumerTable } from './access-token.store.ts';
import {
  AccessRuleTable,
  ApplicationCredentialAccessRuleTable,
  ApplicationCredentialRoleTable,
  ApplicationCredentialTable,
} from './application-credential.store.ts';
import { FederationProtocolTable, MappingTable } from './federation.store.ts';

type Any = Record<string, unknown>;

const text = column.text;
const maybe = nullable(column.text);
const long = { type: 'text' } as const;

export const UserTable = new EntitySchema<Any>({
  name: 'user',
  columns: {
    id: key(text),
    extra: nullable(long),
    enabled: nullable(column.flag),
    default_project_id: maybe,
    created_at: nullable(column.time),
    last_active_at: nullable(column.day),
    domain_id: text,
  },
});

export const LocalUserTable = new EntitySchema<Any>({
  name: 'local_user',
  columns: {
    id: column.serial,
    user_id: text,
    domain_id: text,
    name: text,
    failed_auth_count: nullable(column.integer),
    failed_auth_at: nullable(column.time),
  },
});

export const PasswordTable = new EntitySchema<Any>({
  name: 'password',
  columns: {
    id: column.serial,
    local_user_id: column.integer,
    expires_at: nullable(column.time),
    self_service: column.flag,
    password_hash: maybe,
    created_at_int: column.integer,
    expires_at_int: nullable(column.integer),
    created_at: column.time,
  },
});

export const UserOptionTable = new EntitySchema<Any>({
  name: 'user_option',
  columns: { user_id: key(text), option_id: key(text), option_value: nullable(column.json) },
});

export const NonlocalUserTable = new EntitySchema<Any>({
  name: 'nonlocal_user',
  columns: { domain_id: key(text), name: key(text), user_id: text },
});

export const FederatedUserTable = new EntitySchema<Any>({
  name: 'federated_user',
  columns: {
    id: column.serial,
    user_id: text,
    idp_id: text,
    protocol_id: text,
    unique_id: text,
    display_name: maybe,
  },
});

export const GroupTable = new EntitySchema<Any>({
  name: 'group',
  columns: { id: key(text), domain_id: text, name: text, description: nullable(long), extra: nullable(long) },
});

export const UserGroupMembershipTable = new EntitySchema<Any>({
  name: 'user_group_membership',
  columns: { user_id: key(text), group_id: key(text) },
});

export const ExpiringUserGroupMembershipTable = new EntitySchema<Any>({
  name: 'expiring_user_group_membership',
  columns: { user_id: key(text), group_id: key(text), idp_id: key(text), last_verified: column.time },
});

export const IdentityProviderTable = new EntitySchema<Any>({
  name: 'identity_provider',
  columns: {
    id: key(text),
    enabled: column.flag,
    description: nullable(long),
    domain_id: text,
    authorization_ttl: nullable(column.integer),
  },
});

export const ServiceProviderTable = new EntitySchema<Any>({
  name: 'service_provider',
  columns: {
    auth_url: text,
    id: key(text),
    enabled: column.flag,
    description: nullable(long),
    sp_url: text,
    relay_state_prefix: text,
  },
});

/** What this subsystem writes, or will: Python's tables of users, groups and federation. */
export const identityTables = [
  UserTable,
  LocalUserTable,
  PasswordTable,
  UserOptionTable,
  NonlocalUserTable,
  FederatedUserTable,
  GroupTable,
  UserGroupMembershipTable,
  ExpiringUserGroupMembershipTable,
  IdentityProviderTable,
  ServiceProviderTable,
  ApplicationCredentialTable,
  ApplicationCredentialRoleTable,
  AccessRuleTable,
  ApplicationCredentialAccessRuleTable,
  ConsumerTable,
  AccessTokenTable,
  FederationProtocolTable,
  MappingTable,
];
