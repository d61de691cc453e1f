import { testKinds } from '@keystone/database/testing';
import { testApi, type Client, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { catalog } from './index.ts';

describe.each(testKinds)('on %s', (kind) => {
  let api: TestApi;
  let admin: Client;
  let service: string;
  beforeAll(async () => {
    api = await testApi([catalog], { kind });
    admin = api.as('project-admin');
  });
  beforeEach(async () => {
    for (const table of ['policy_association', 'project_endpoint', 'endpoint', 'service', 'region']) {
      await api.database.manager.query(`DELETE FROM ${table}`);
    }
    service = (await admin.post('/v3/services', { service: { type: 'compute' } }, 201)).body.service.id;
    await admin.put('/v3/regions/north', { region: {} }, 201);
  });
  afterAll(() => api.close());

  const draft = (more: object = {}) => ({ interface: 'public', url: 'http://x/v1', service_id: service, ...more });
  const create = async (more: object = {}) =>
    (await admin.post('/v3/endpoints', { endpoint: draft(more) }, 201)).body.endpoint;
  const change = async (id: string, endpoint: object) =>
    (await admin.patch(`/v3/endpoints/${id}`, { endpoint }, 200)).body.endpoint;
  const regions = async () =>
    (await admin.get('/v3/regions', 200)).body.regions.map(({ id }: { id: string }) => id).toSorted();
  const refused = (message: string) => ({ error: expect.objectContaining({ message }) });
  const malformed =
    'The server could not comply with the request since it is either malformed or otherwise incorrect. ' +
    'The client is assumed to be in error.';
  const noRegion = `Expecting to find endpoint region_id in region table. ${malformed}`;
  const noService = `Expecting to find endpoint service_id in service table. ${malformed}`;

  test('a created endpoint is read back with both names of its region and a link to itself', async () => {
    const endpoint = await create({ region_id: 'north', id: 'mine', 'a-b': 1, name: 'n', legacy_endpoint_id: 'l' });
    expect(endpoint).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      interface: 'public',
      url: 'http://x/v1',
      service_id: service,
      region_id: 'north',
      region: 'north',
      enabled: true,
      a_b: 1,
      name: 'n',
      links: { self: `${api.url}/v3/endpoints/${endpoint.id}` },
    });
    expect((await api.as('system-reader').get(`/v3/endpoints/${endpoint.id}`, 200)).body).toEqual({ endpoint });
  });

  test('an endpoint may be without a region', async () => {
    for (const none of [{}, { region_id: null }, { region: null }]) {
      expect(await create(none)).toMatchObject({ region: null, region_id: null });
    }
  });

  test('a region by its old name is made where there is none', async () => {
    expect(await create({ region: 'made' })).toMatchObject({ region: 'made', region_id: 'made' });
    expect(await create({ region: 'made' })).toMatchObject({ region_id: 'made' });
    const { id } = await create({ region: 'other', region_id: 'north' });
    expect(await change(id, { region: 'changed' })).toMatchObject({ region: 'changed', region_id: 'changed' });
    expect(await change(id, { region: 'other', region_id: 'north' })).toMatchObject({ region: 'north' });
    expect(await change(id, { region_id: null })).toMatchObject({ region: null, region_id: null });
    expect(await regions()).toEqual(['changed', 'made', 'north']);
    expect((await admin.get('/v3/regions/made', 200)).body.region).toMatchObject({ description: '' });
  });

  test('many endpoints may make the same region at once', async () => {
    const sent = { body: { endpoint: draft({ region: 'made' }) } };
    const answers = await Promise.all(Array.from({ length: 8 }, () => admin.send('POST', '/v3/endpoints', sent)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
  });

  test('a region and a service by their ids must be there', async () => {
    const { id } = await create();
    const cases: [object, string][] = [
      [{ region_id: 'none' }, noRegion],
      [{ region_id: '' }, noRegion],
      [{ service_id: 'none' }, noService],
      [{ region_id: 'none', service_id: 'none' }, noRegion],
    ];
    for (const [more, message] of cases) {
      expect((await admin.post('/v3/endpoints', { endpoint: draft(more) }, 400)).body).toEqual(refused(message));
      expect((await admin.patch(`/v3/endpoints/${id}`, { endpoint: more }, 400)).body).toEqual(refused(message));
    }
    await admin.post('/v3/endpoints', { endpoint: draft({ 'region-id': { not: 'text' } }) }, 400);
    await admin.post('/v3/endpoints', { endpoint: draft({ 'service-id': 5 }) }, 400);
    await admin.post('/v3/endpoints', { endpoint: draft({ 'service-id': null }) }, 400);
  });

  test('a region is not made for an endpoint that is refused', async () => {
    await admin.post('/v3/endpoints', { endpoint: draft({ service_id: 'none', region: 'ghost' }) }, 400);
    await admin.patch('/v3/endpoints/none', { endpoint: { region: 'ghost' } }, 404);
    expect(await regions()).toEqual(['north']);
  });

  test('a region whose name is too long is refused', async () => {
    const region = 'x'.repeat(256);
    const { body } = await admin.post('/v3/endpoints', { endpoint: draft({ region }) }, 400);
    expect(body).toEqual(
      refused(`String length exceeded. The length of string '${region}' exceeds the limit of column id(CHAR(255)).`),
    );
  });

  test('the id of an older API is kept out of sight, and fits its column', async () => {
    const { id } = await create({ legacy_endpoint_id: 'old' });
    expect(await change(id, { legacy_endpoint_id: 'older' })).not.toHaveProperty('legacy_endpoint_id');
    expect(await api.database.manager.query('SELECT legacy_endpoint_id FROM endpoint')).toEqual([
      { legacy_endpoint_id: 'older' },
    ]);
    for (const legacy_endpoint_id of ['x'.repeat(65), 5, {}, []]) {
      await admin.patch(`/v3/endpoints/${id}`, { endpoint: { legacy_endpoint_id } }, 400);
    }
  });

  test.each([
    [{ endpoint: draft({ interface: 'x' }) }, "interface. Value: x. 'x' is not one of ['admin', 'internal', 'public']"],
    [{ endpoint: draft({ url: '' }) }, "url. Value: . '' does not match '^[a-zA-Z0-9+.-]+:.+'"],
    [{ endpoint: draft({ url: 'nope' }) }, "url. Value: nope. 'nope' does not match '^[a-zA-Z0-9+.-]+:.+'"],
    [{ endpoint: draft({ enabled: 'True' }) }, "enabled. Value: True. 'True' is not of type 'boolean'"],
    [{ endpoint: draft({ enabled: null }) }, "enabled. Value: None. None is not of type 'boolean'"],
    [{ endpoint: draft({ name: null }) }, "name. Value: None. None is not of type 'string'"],
    [{ endpoint: draft({ region_id: 5 }) }, "region_id. Value: 5. 5 is not of type 'string', 'null'"],
    [{ endpoint: draft({ id: 5 }) }, "id. Value: 5. 5 is not of type 'string'"],
    [{ endpoint: {} }, "endpoint. Value: {}. 'interface' is a required property"],
    [{ endpoint: null }, "endpoint. Value: None. None is not of type 'object'"],
  ])('%j is refused in the words of Python', async ({ endpoint }, message) => {
    const sent = endpoint && 'interface' in endpoint ? { ...endpoint, service_id: service } : endpoint;
    const { body } = await admin.post('/v3/endpoints', { endpoint: sent }, 400);
    expect(body).toEqual(refused(`Invalid input for field/attribute ${message}`));
  });

  test('what stands beside the endpoint is refused', async () => {
    const message = "Additional properties are not allowed ('foo' was unexpected)";
    expect((await admin.post('/v3/endpoints', { endpoint: draft(), foo: 1 }, 400)).body).toEqual(refused(message));
    expect((await admin.post('/v3/endpoints', {}, 400)).body).toEqual(refused("'endpoint' is a required property"));
  });

  test('a new URL must be one that the catalog can fill in; a changed one need not', async () => {
    for (const end of ['$(nope)s', '$(project_id)', '$(project_id)t', '$(project_id', '$(admin_url)d', '100%']) {
      const url = `http://x/${end}`;
      const { body } = await admin.post('/v3/endpoints', { endpoint: draft({ url }) }, 400);
      expect(body).toEqual(refused(`Cannot create an endpoint with an invalid URL: ${url}.`));
    }
    const { id } = await create({ url: 'http://x/$(tenant_id)s/%(user_id)s' });
    expect(await change(id, { url: 'http://x/$(nope)s' })).toMatchObject({ url: 'http://x/$(nope)s' });
  });

  test('a change leaves what it does not name, and the id', async () => {
    const { id } = await create({ region_id: 'north', colour: 'blue' });
    expect(await change(id, { enabled: false, 'a-b': 1, id })).toMatchObject({
      id,
      enabled: false,
      region_id: 'north',
      colour: 'blue',
      'a-b': 1,
      url: 'http://x/v1',
    });
    const { body } = await admin.patch(`/v3/endpoints/${id}`, { endpoint: { id: 'x' } }, 400);
    expect(body).toEqual(refused('Cannot change ID'));
    await admin.patch(`/v3/endpoints/${id}`, { endpoint: {} }, 400);
  });

  test('an endpoint goes with what projects and policies held of it', async () => {
    const [gone, kept] = [await create(), await create()];
    const { manager } = api.database;
    for (const { id } of [gone, kept]) {
      await manager.query('INSERT INTO project_endpoint (endpoint_id, project_id) VALUES (?, ?)', [id, 'p']);
      await manager.query('INSERT INTO policy_association (id, policy_id, endpoint_id) VALUES (?, ?, ?)', [
        id,
        'p',
        id,
      ]);
    }
    await admin.delete(`/v3/endpoints/${gone.id}`, 204);
    await admin.get(`/v3/endpoints/${gone.id}`, 404);
    expect(await manager.query('SELECT endpoint_id FROM project_endpoint')).toEqual([{ endpoint_id: kept.id }]);
    expect(await manager.query('SELECT id FROM policy_association')).toEqual([{ id: kept.id }]);
  });

  test('an endpoint that is not there is not found', async () => {
    const message = 'Could not find endpoint: none.';
    expect((await admin.get('/v3/endpoints/none', 404)).body).toEqual(refused(message));
    expect((await admin.patch('/v3/endpoints/none', { endpoint: { a: 1 } }, 404)).body).toEqual(refused(message));
    expect((await admin.delete('/v3/endpoints/none', 404)).body).toEqual(refused(message));
  });

  test('a list is filtered by interface, service and region', async () => {
    await create({ interface: 'internal', region_id: 'north' });
    await create({ interface: 'public', region_id: 'north' });
    await create({ interface: 'admin', region: 'south' });
    await create({ interface: 'public', enabled: false });
    const found = async (query: string) =>
      (await admin.get(`/v3/endpoints?${query}`, 200)).body.endpoints
        .map((one: { interface: string }) => one.interface)
        .toSorted();
    expect(await found('interface=public')).toEqual(['public', 'public']);
    expect(await found('region_id=north')).toEqual(['internal', 'public']);
    expect(await found('region_id=north&interface=public')).toEqual(['public']);
    expect(await found(`service_id=${service}&region_id=south`)).toEqual(['admin']);
    expect(await found('service_id=none')).toEqual([]);
    expect(await found('interface__contains=tern')).toEqual(['internal']);
    expect(await found('region_id__icontains=OUT')).toEqual(['admin']);
    expect(await found('region_id__contains=out')).toEqual(['admin']);
    expect(await found('enabled=false&region=south')).toHaveLength(4);
    expect(await found('interface=public&interface=admin')).toEqual([]);
    await admin.get('/v3/endpoints?interface=x', 400);
    const page = (await admin.get('/v3/endpoints?interface=public&limit=1', 200)).body;
    expect(page).toMatchObject({ truncated: true, endpoints: [{ interface: 'public' }] });
    expect(page.links.next).toBe(`${api.url}/v3/endpoints?interface=public&limit=1&marker=${page.endpoints[0].id}`);
  });
});
