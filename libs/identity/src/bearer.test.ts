import { ask } from '@keystone/bus';
import { federationStands, subjectOf } from '@keystone/contracts';
import { testKinds } from '@keystone/database/testing';
import { testApi, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identity } from './index.ts';
import { addFederated, addGroup, addPerson, insert } from './people.fixture.ts';

describe.each(testKinds)('what a token depends on besides its user, on %s', (kind) => {
  let api: TestApi;
  let statements = 0;

  beforeAll(async () => {
    api = await testApi([identity], { kind });
    const { database } = api;
    await addPerson(database, { id: 'u1', name: 'Ann', options: { lock_password: true } });
    await addPerson(database, { id: 'u2', name: 'Bob', domain_id: 'north', enabled: false });
    await addFederated(database, { id: 'u3', display_name: 'Fred' });
    await addGroup(database, { id: 'g1', name: 'cooks', members: ['u1', 'u2'] });
    await addGroup(database, { id: 'g2', name: 'guests', members: ['u2'] });
    const credential = { secret_hash: 'x', user_id: 'u1', project_id: 'p' };
    await insert(database, 'application_credential', { internal_id: 1, id: 'c1', name: 'robot', ...credential });
    const other = { internal_id: 2, id: 'c2', name: 'free', unrestricted: 1, ...credential };
    await insert(database, 'application_credential', other);
    const of = (application_credential_id: number) => ({ application_credential_id });
    await insert(database, 'application_credential_role', { ...of(1), role_id: 'r1' }, { ...of(1), role_id: 'r2' });
    await insert(database, 'application_credential_role', { ...of(2), role_id: 'r3' });
    const rule = { id: 7, external_id: 'rule', user_id: 'u1', service: 'image', path: '/v2/**', method: 'GET' };
    await insert(database, 'access_rule', rule);
    await insert(database, 'application_credential_access_rule', { ...of(1), access_rule_id: 7 });
    await insert(database, 'consumer', { id: 'consumer', secret: 's', extra: '{}' });
    const access = { access_secret: 's', authorizing_user_id: 'u1', project_id: 'p', consumer_id: 'consumer' };
    await insert(database, 'access_token', { id: 'a1', role_ids: '["r1", "r2"]', ...access });
    const { manager } = database;
    const plain = manager.query.bind(manager);
    manager.query = ((...args: Parameters<typeof plain>) => (statements++, plain(...args))) as typeof plain;
  });
  afterAll(() => api.close());

  type Asked = Parameters<typeof ask<typeof subjectOf.input, typeof subjectOf.output>>[2];
  const look = async (asked: Asked) => {
    statements = 0;
    const answer = await ask(api.bus, subjectOf, asked);
    expect(statements).toBe(2);
    return answer;
  };

  test('who else takes part in a trust, each with his own groups and options', async () => {
    const { subject, others } = await look({ user_id: 'u1', other_user_ids: ['u2', 'u3', 'u1', 'nobody'] });
    expect(subject).toMatchObject({ id: 'u1', group_ids: ['g1'], options: { lock_password: true } });
    expect(others?.map(({ id, name, enabled }) => [id, name, enabled])).toEqual([
      ['u2', 'Bob', false],
      ['u3', 'Fred', true],
      ['u1', 'Ann', true],
    ]);
    expect(others?.[0]).toMatchObject({ domain_id: 'north', options: {} });
    expect(others?.[0]?.group_ids.toSorted()).toEqual(['g1', 'g2']);
    expect((await look({ user_id: 'nobody', other_user_ids: ['u2'] })).subject).toBeNull();
  });

  test('an application credential with its roles and access rules, none of which is no restriction', async () => {
    const asked = (application_credential_id: string) => look({ user_id: 'u1', application_credential_id });
    const { application_credential: robot } = await asked('c1');
    expect({ ...robot, role_ids: robot?.role_ids.toSorted() }).toEqual({
      id: 'c1',
      name: 'robot',
      unrestricted: false,
      role_ids: ['r1', 'r2'],
      access_rules: [{ id: 'rule', service: 'image', path: '/v2/**', method: 'GET' }],
    });
    expect((await asked('c2')).application_credential).toEqual({
      id: 'c2',
      name: 'free',
      unrestricted: true,
      role_ids: ['r3'],
      access_rules: null,
    });
    expect((await asked('c3')).application_credential).toBeNull();
  });

  test('an access token with its consumer and roles', async () => {
    const asked = (access_token_id: string) => look({ user_id: 'u1', access_token_id });
    expect((await asked('a1')).access_token).toEqual({ id: 'a1', consumer_id: 'consumer', role_ids: ['r1', 'r2'] });
    expect((await asked('a2')).access_token).toBeNull();
  });

  test('an identity provider', async () => {
    const asked = (identity_provider_id: string) => look({ user_id: 'u3', identity_provider_id });
    expect((await asked('idp')).identity_provider).toEqual({ id: 'idp', enabled: true });
    expect((await asked('none')).identity_provider).toBeNull();
  });

  test('whether a federated token may still be exchanged', async () => {
    const { database } = api;
    const stands = (identity_provider_id: string, protocol_id = 'mapped', group_ids = ['g1', 'g2']) =>
      ask(api.bus, federationStands, { identity_provider_id, protocol_id, group_ids }).catch(
        ({ status, message }: { status: number; message: string }) => [status, message],
      );
    expect(await stands('idp')).toEqual([404, 'Could not find mapping: rules.']);
    await insert(database, 'mapping', { id: 'rules', rules: '[]' });
    expect(await stands('idp')).toBe(true);
    expect(await stands('idp', 'mapped', [])).toBe(true);
    expect(await stands('none')).toEqual([404, 'Could not find Identity Provider: none.']);
    expect(await stands('idp', 'openid')).toEqual([
      404,
      'Could not find federated protocol openid for Identity Provider: idp.',
    ]);
    expect(await stands('idp', 'mapped', ['g1', 'gone'])).toEqual([500, expect.stringContaining('unexpected')]);
    await insert(database, 'identity_provider', { id: 'off', enabled: 0, domain_id: 'north' });
    expect(await stands('off')).toEqual([403, expect.stringContaining('not authorized')]);
  });

  test('nothing is told that was not asked for', async () => {
    expect(Object.keys(await look({ user_id: 'u1' })).sort()).toEqual(['service_providers', 'subject']);
  });
});
