import fc from 'fast-check';
import { schemaDrift, type Kind } from '@keystone/database';
import { testKinds } from '@keystone/database/testing';
import { testApi, type Client, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalog } from './index.ts';

const TABLES = ['region', 'service', 'endpoint'];
const NAMES = [
  'id',
  'name',
  'type',
  'url',
  'enabled',
  'interface',
  'region',
  'region_id',
  'service_id',
  'links',
].concat([
  'description',
  'parent_region_id',
  'parent-region-id',
  'service-id',
  'legacy_endpoint_id',
  'extra',
  '__proto__',
]);
const VALUES = [
  'north',
  'none',
  'public',
  'http://x/$(project_id)s',
  '',
  'x'.repeat(256),
  "' OR 1=1 --",
  '\u0000',
  '😀',
];

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...VALUES, true, false, null, 0, {}, []) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);
const member = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), value, { maxKeys: 8 });
const bodyOf = (name: string) =>
  fc.oneof(
    { weight: 6, arbitrary: member.map((held) => ({ [name]: held })) },
    { weight: 1, arbitrary: fc.record({ [name]: value }) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );

/** Texts that mean something to SQL, to HTTP, or to whoever puts them together. */
const HOSTILE = [
  "' OR '1'='1",
  "'; DROP TABLE region; --",
  '" UNION SELECT password_hash FROM password --',
  '`; DELETE FROM service',
  '\\',
  '%',
  '_',
  '*/ /*',
  '\u0000',
  'a\r\nset-cookie: x=1',
  '<script>',
  '${7*7}',
  '😀',
  '..%2f',
];

/** A Keystone with a region and a service, for the tests of one block. */
function running(kind: Kind) {
  const held = {} as { api: TestApi; admin: Client; service: string };
  beforeAll(async () => {
    held.api = await testApi([catalog], { kind });
    held.admin = held.api.as('project-admin');
    await held.admin.put('/v3/regions/north', { region: {} }, 201);
    held.service = (await held.admin.post('/v3/services', { service: { type: 'x' } }, 201)).body.service.id;
  });
  afterAll(() => held.api.close());
  return held;
}

const stored = ({ api }: { api: TestApi }) =>
  Promise.all(TABLES.map((table) => api.database.manager.query(`SELECT * FROM ${table} ORDER BY id`)));

describe.each(testKinds)('random bodies on %s', (kind) => {
  const held = running(kind);

  /** Any body is accepted or refused, and nothing is left of one that is refused. */
  const holds = (method: string, path: () => string, body: fc.Arbitrary<unknown>) =>
    fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const before = await stored(held);
        const answer = await held.admin.send(method, path(), { body: JSON.stringify(sent) });
        const context = `${JSON.stringify(sent)}: ${JSON.stringify(answer.body)}`;
        expect([200, 201, 400, 403, 404, 409], context).toContain(answer.status);
        if (answer.status >= 400) {
          expect(answer.body.error.code).toBe(answer.status);
          expect(await stored(held), context).toEqual(before);
        }
      }),
      { numRuns: kind === 'sqlite' ? 150 : 40 },
    );

  test('any new region', () => holds('POST', () => '/v3/regions', bodyOf('region')));
  test('any region at a path', () => holds('PUT', () => '/v3/regions/there', bodyOf('region')));
  test('any change of a region', () => holds('PATCH', () => '/v3/regions/north', bodyOf('region')));
  test('any new service', () => holds('POST', () => '/v3/services', bodyOf('service')));
  test('any change of a service', () => holds('PATCH', () => `/v3/services/${held.service}`, bodyOf('service')));
  const draft = () => ({ interface: 'public', url: 'http://x', service_id: held.service });
  test('any new endpoint', () => {
    const endpoint = member.map((more) => ({ ...draft(), ...more }));
    return holds(
      'POST',
      () => '/v3/endpoints',
      fc.oneof(
        endpoint.map((one) => ({ endpoint: one })),
        bodyOf('endpoint'),
      ),
    );
  });
  test('any change of an endpoint', async () => {
    const { body } = await held.admin.post('/v3/endpoints', { endpoint: draft() }, 201);
    await holds('PATCH', () => `/v3/endpoints/${body.endpoint.id}`, bodyOf('endpoint'));
  });
});

describe.each(testKinds)('hostile texts on %s', (kind) => {
  const held = running(kind);

  test.each(HOSTILE)('%j is an id like any other', async (text) => {
    const { admin } = held;
    const before = await stored(held);
    const id = encodeURIComponent(text);
    for (const collection of ['regions', 'services', 'endpoints']) {
      const member = { [collection.slice(0, -1)]: { description: 'x' } };
      for (const sent of ['GET', 'DELETE', 'PATCH']) {
        const body = sent === 'PATCH' ? { body: member } : {};
        const { status, headers } = await admin.send(sent, `/v3/${collection}/${id}`, body);
        expect(status).toBe(404);
        expect(headers.get('set-cookie')).toBeNull();
      }
    }
    expect(await stored(held)).toEqual(before);
  });

  test.each(HOSTILE)('%j is found where it is, and finds nothing else', async (text) => {
    const { admin, api } = held;
    const query = encodeURIComponent(text);
    const names = async (filter: string) =>
      (await admin.get(`/v3/services?${filter}=${query}`, 200)).body.services.map((one: { name: string }) => one.name);
    expect(await names('name')).toEqual([]);
    expect(await names('type')).toEqual([]);
    const { body } = await admin.post('/v3/services', { service: { type: 'hostile', name: text } }, 201);
    expect(await names('name')).toEqual([text]);
    expect(await names('name__contains')).toEqual([text]);
    const answer = await admin.get(`/v3/services?type__icontains=${query}`, 200);
    expect(answer.body.links.self).toBe(new URL(`${api.url}/v3/services?type__icontains=${query}`).href);
    await admin.delete(`/v3/services/${body.service.id}`, 204);
  });
});

test('its tables are those of Python', () => {
  expect(schemaDrift(catalog.tables)).toEqual([]);
});
