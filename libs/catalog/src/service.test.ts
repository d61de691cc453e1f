import { testKinds } from '@keystone/database/testing';
import { testApi, type Client, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { catalog } from './index.ts';

describe.each(testKinds)('on %s', (kind) => {
  let api: TestApi;
  let admin: Client;
  beforeAll(async () => {
    api = await testApi([catalog], { kind });
    admin = api.as('project-admin');
  });
  beforeEach(async () => {
    for (const table of ['policy_association', 'project_endpoint', 'endpoint', 'service']) {
      await api.database.manager.query(`DELETE FROM ${table}`);
    }
  });
  afterAll(() => api.close());

  const create = async (service: object) => (await admin.post('/v3/services', { service }, 201)).body.service;
  const list = async (query = '') => (await admin.get(`/v3/services${query}`, 200)).body;
  const types = async (query: string) =>
    (await list(query)).services.map(({ type }: { type: string }) => type).toSorted();
  const refused = (message: string) => ({ error: expect.objectContaining({ message }) });

  test('a created service is read back with its extras and a link to itself', async () => {
    const sent = { type: 'compute', name: 'nova', enabled: false, description: null, 'x-y': [1], id: 'mine' };
    const service = await create(sent);
    expect(service).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      type: 'compute',
      name: 'nova',
      enabled: false,
      description: null,
      x_y: [1],
      links: { self: `${api.url}/v3/services/${service.id}` },
    });
    expect((await api.as('system-reader').get(`/v3/services/${service.id}`, 200)).body).toEqual({ service });
  });

  test('a service is enabled and has an empty name unless it says otherwise', async () => {
    expect(await create({ type: 'compute' })).toMatchObject({ enabled: true, name: '' });
  });

  test.each([
    [{ service: null }, "Invalid input for field/attribute service. Value: None. None is not of type 'object'"],
    [{ service: {} }, "Invalid input for field/attribute service. Value: {}. 'type' is a required property"],
    [{}, "'service' is a required property"],
    [
      { service: { name: '', type: 5, enabled: 'yes' } },
      "Invalid input for field/attribute enabled. Value: yes. 'yes' is not of type 'boolean'",
    ],
    [{ service: { type: '' } }, "Invalid input for field/attribute type. Value: . '' should be non-empty"],
    [
      { service: { type: 'x', name: null } },
      "Invalid input for field/attribute name. Value: None. None is not of type 'string'",
    ],
  ])('%j is refused in the words of Python', async (body, message) => {
    expect((await admin.post('/v3/services', body, 400)).body).toEqual(refused(message));
    expect((await list()).services).toEqual([]);
  });

  test('a change leaves what it does not name, and the id', async () => {
    const { id } = await create({ type: 'compute', name: 'nova', colour: 'blue' });
    const change = { name: 'nova2', 'a-b': 1, id, extra: 5 };
    const { body } = await admin.patch(`/v3/services/${id}`, { service: change, more: 1 }, 200);
    expect(body.service).toMatchObject({ id, type: 'compute', name: 'nova2', colour: 'blue', 'a-b': 1 });
    expect(body.service).not.toHaveProperty('extra');
    expect((await admin.get(`/v3/services/${id}`, 200)).body).toEqual(body);
    await admin.patch(`/v3/services/${id}`, { service: { id: null } }, 200);
    for (const other of ['x', 5]) {
      const answer = await admin.patch(`/v3/services/${id}`, { service: { id: other } }, 400);
      expect(answer.body).toEqual(refused('Cannot change ID'));
    }
  });

  test('a service that is not there is not found', async () => {
    const message = 'Could not find service: none.';
    expect((await admin.get('/v3/services/none', 404)).body).toEqual(refused(message));
    expect((await admin.patch('/v3/services/none', { service: { a: 1 } }, 404)).body).toEqual(refused(message));
    expect((await admin.delete('/v3/services/none', 404)).body).toEqual(refused(message));
  });

  test('a service goes with its endpoints, and with what projects and policies held of them', async () => {
    const [gone, kept] = [await create({ type: 'gone' }), await create({ type: 'kept' })];
    const endpoints: string[] = [];
    const { manager } = api.database;
    for (const { id } of [gone, kept]) {
      const endpoint = { interface: 'public', url: 'http://x', service_id: id };
      const { body } = await admin.post('/v3/endpoints', { endpoint }, 201);
      endpoints.push(body.endpoint.id);
      await manager.query('INSERT INTO project_endpoint (endpoint_id, project_id) VALUES (?, ?)', [
        body.endpoint.id,
        'p',
      ]);
      await manager.query(
        'INSERT INTO policy_association (id, policy_id, endpoint_id, service_id) VALUES (?, ?, ?, NULL), (?, ?, NULL, ?)',
        [`e-${id}`.slice(0, 64), 'p', body.endpoint.id, `s-${id}`.slice(0, 64), 'p', id],
      );
    }
    await admin.delete(`/v3/services/${gone.id}`, 204);
    await admin.get(`/v3/endpoints/${endpoints[0]}`, 404);
    await admin.get(`/v3/endpoints/${endpoints[1]}`, 200);
    expect(await manager.query('SELECT endpoint_id FROM project_endpoint')).toEqual([{ endpoint_id: endpoints[1] }]);
    expect(await manager.query('SELECT id FROM policy_association ORDER BY id')).toEqual([
      { id: `e-${kept.id}` },
      { id: `s-${kept.id}` },
    ]);
  });

  describe('a list', () => {
    beforeEach(async () => {
      await create({ type: 'compute', name: 'Nova' });
      await create({ type: 'image', name: 'Glance' });
      await create({ type: 'identity', name: 'keystone' });
    });

    test.each([
      ['?type=image', ['image']],
      ['?name=Nova', ['compute']],
      ['?name=nova', []],
      ['?type=image&name=Nova', []],
      ['?type=image&type=compute', []],
      ['?type=', []],
      ['?name__contains=ova', ['compute']],
      ['?name__contains=OVA', []],
      ['?name__icontains=OVA', ['compute']],
      ['?name__startswith=G', ['image']],
      ['?name__iendswith=E', ['identity', 'image']],
      ['?type__contains=OMP', []],
      ['?type__icontains=OMP', ['compute']],
      ['?type__istartswith=I', ['identity', 'image']],
      ['?type__iendswith=ge', ['image']],
      ['?type__icontains=_mage', ['image']],
      ['?type__icontains=%25', ['compute', 'identity', 'image']],
      ['?type__equals=image', ['image']],
      ['?name__iequals=Glance', ['image']],
      ['?type__unheard=x', ['compute', 'identity', 'image']],
      ['?enabled=false', ['compute', 'identity', 'image']],
      [`?type=${'x'.repeat(300)}`, []],
      ['?type=%27%20OR%201%3D1%20--%20', []],
      ['?type__icontains=%27)%20OR%20(1%3D1', []],
      ['?name=%00', []],
    ])('%s has what fits', async (query, found) => {
      expect(await types(query)).toEqual(found);
    });

    test('is in the order of ids', async () => {
      const ids = (await list()).services.map(({ id }: { id: string }) => id);
      expect(ids).toEqual(ids.toSorted());
    });

    test('is cut to its limit, and says so and where it goes on', async () => {
      const { services } = await list();
      const page = await list('?limit=2&type__icontains=e&z=%7E*%20a');
      expect(page.services).toEqual(services.slice(0, 2));
      const self = `${api.url}/v3/services?limit=2&type__icontains=e&z=%7E*%20a`;
      const next = `${api.url}/v3/services?limit=2&type__icontains=e&z=~%2A+a&marker=${services[1].id}`;
      expect(page).toMatchObject({ truncated: true, links: { self, next, previous: null } });
    });

    test('that is exactly full is not cut, and neither is a marker heeded', async () => {
      for (const query of ['?limit=3', '?limit=4', '?limit=', '?marker=none']) {
        const page = await list(query);
        expect(page.services).toHaveLength(3);
        expect(page).not.toHaveProperty('truncated');
        expect(page.links.next).toBeNull();
      }
    });

    test('of none at all is still cut', async () => {
      expect(await list('?limit=0')).toMatchObject({ services: [], truncated: true, links: { next: null } });
    });

    test('whose limit is no number is refused', async () => {
      for (const limit of ['abc', '-1', '1.5', '1;DROP TABLE service']) {
        await admin.get(`/v3/services?limit=${encodeURIComponent(limit)}`, 400);
      }
    });

    test('has the limit of its section, else the global one, and none above the most there may be', async () => {
      const { services } = await list();
      api.configure({ DEFAULT: { list_limit: 1 } });
      expect((await list()).services).toHaveLength(1);
      api.configure({ DEFAULT: { list_limit: 1 }, catalog: { list_limit: 2 } });
      expect(await list()).toMatchObject({
        truncated: true,
        links: { next: `${api.url}/v3/services?marker=${services[1].id}&limit=2` },
      });
      api.configure({ DEFAULT: { max_db_limit: 2 } });
      expect((await list('?limit=100')).services).toHaveLength(2);
      expect((await list()).services).toHaveLength(3);
      api.configure({});
    });

    test('is filtered before it is cut', async () => {
      api.configure({ DEFAULT: { list_limit: 1 } });
      expect(await types('?name=Nova')).toEqual(['compute']);
      expect(await list('?name__contains=o')).toMatchObject({ truncated: true });
      api.configure({});
    });
  });
});
