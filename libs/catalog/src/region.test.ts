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
    for (const table of ['policy_association', 'endpoint', 'service', 'region']) {
      await api.database.manager.query(`DELETE FROM ${table}`);
    }
  });
  afterAll(() => api.close());

  const create = async (region: object) => (await admin.post('/v3/regions', { region }, 201)).body.region;
  const ids = async (query = '') =>
    (await admin.get(`/v3/regions${query}`, 200)).body.regions.map(({ id }: { id: string }) => id);
  const refused = (message: string) => ({ error: expect.objectContaining({ message }) });

  test('a created region is read back with its extras and a link to itself', async () => {
    const { body } = await admin.post('/v3/regions', { region: { id: 'north', colour: 'blue' } }, 201);
    expect(body.region).toEqual({
      id: 'north',
      description: '',
      parent_region_id: null,
      colour: 'blue',
      links: { self: `${api.url}/v3/regions/north` },
    });
    expect((await api.as('domain-none').get('/v3/regions/north', 200)).body).toEqual(body);
    expect((await admin.head('/v3/regions/north', 200)).body).toBeUndefined();
  });

  test('a region without an id, or with an empty one, is given one', async () => {
    for (const id of [undefined, null, '']) expect((await create({ id })).id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('names of properties lose their colons and dashes, when it is created but not when it changes', async () => {
    const { a_b, c_d } = await create({ id: 'north', 'a-b': 1, 'c:d': 2, extra: { gone: true } });
    expect([a_b, c_d]).toEqual([1, 2]);
    const { body } = await admin.patch('/v3/regions/north', { region: { 'a-b': 3 } }, 200);
    expect(body.region).toMatchObject({ a_b: 1, 'a-b': 3 });
    expect(body.region).not.toHaveProperty('extra');
  });

  test('PUT takes its id from the path, and one in the body must be the same', async () => {
    const { body } = await admin.put('/v3/regions/north', { region: {} }, 201);
    expect(body.region.id).toBe('north');
    await admin.put('/v3/regions/south', { region: { id: 'south' } }, 201);
    for (const [id, shown] of [
      ['west', 'west'],
      [null, 'None'],
      ['', ''],
    ]) {
      const answer = await admin.put('/v3/regions/east', { region: { id } }, 400);
      expect(answer.body).toEqual(refused(`Conflicting region IDs specified: "east" != "${shown}"`));
    }
    expect(await ids()).toEqual(['north', 'south']);
  });

  test('an id that is taken is a conflict', async () => {
    await create({ id: 'north' });
    const message = 'Conflict occurred attempting to store region - Duplicate ID, north..';
    expect((await admin.post('/v3/regions', { region: { id: 'north' } }, 409)).body).toEqual(refused(message));
    expect((await admin.put('/v3/regions/north', { region: {} }, 409)).body).toEqual(refused(message));
  });

  test('of many who create the same region one succeeds, and all others conflict', async () => {
    const sent = { body: { region: { id: 'north' } } };
    const answers = await Promise.all(Array.from({ length: 8 }, () => admin.send('POST', '/v3/regions', sent)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
  });

  test('ids and texts that are too long are refused', async () => {
    const long = 'x'.repeat(256);
    const { body } = await admin.put(`/v3/regions/${long}`, { region: {} }, 400);
    expect(body.error.message).toBe(
      `String length exceeded. The length of string '${long}' exceeds the limit of column id(CHAR(255)).`,
    );
    for (const name of ['id', 'description', 'parent_region_id']) {
      await admin.post('/v3/regions', { region: { [name]: long } }, 400);
    }
    await create({ id: 'x'.repeat(255), description: 'x'.repeat(255) });
  });

  test('a description of null is an empty one, and one that is not named stays', async () => {
    expect((await create({ id: 'north', description: null })).description).toBe('');
    const change = async (region: object) => (await admin.patch('/v3/regions/north', { region }, 200)).body.region;
    expect((await change({ description: 'cold' })).description).toBe('cold');
    expect((await change({ colour: 'blue' })).description).toBe('cold');
    expect((await change({ description: null })).description).toBe('');
  });

  test('a parent must be there, when a region is created and when it changes', async () => {
    const message = 'Could not find region: none.';
    const north = { id: 'north', parent_region_id: 'none' };
    expect((await admin.post('/v3/regions', { region: north }, 404)).body).toEqual(refused(message));
    await create({ id: 'north' });
    expect((await admin.patch('/v3/regions/north', { region: north }, 404)).body).toEqual(refused(message));
    await admin.post('/v3/regions', { region: { 'parent-region-id': { not: 'text' } } }, 404);
    expect((await create({ id: 'oslo', parent_region_id: 'north' })).parent_region_id).toBe('north');
  });

  test('nobody is his own ancestor', async () => {
    await create({ id: 'a' });
    await create({ id: 'b', parent_region_id: 'a' });
    await create({ id: 'c', parent_region_id: 'b' });
    for (const parent_region_id of ['a', 'b', 'c']) {
      const { body } = await admin.patch('/v3/regions/a', { region: { parent_region_id, id: null } }, 400);
      expect(body).toEqual(refused('The specified parent region a would create a circular region hierarchy.'));
    }
    await admin.patch('/v3/regions/c', { region: { parent_region_id: 'a' } }, 200);
  });

  test('a circle that somebody else made ends no walk through the tree', async () => {
    for (const id of ['a', 'b', 'c']) await create({ id });
    await api.database.manager.query("UPDATE region SET parent_region_id = CASE id WHEN 'a' THEN 'b' ELSE 'a' END");
    await admin.patch('/v3/regions/c', { region: { colour: 'blue' } }, 200);
    await admin.delete('/v3/regions/a', 204);
    expect(await ids()).toEqual([]);
  });

  test('an id cannot change', async () => {
    await create({ id: 'north' });
    for (const id of ['south', 'North']) {
      expect((await admin.patch('/v3/regions/north', { region: { id } }, 400)).body).toEqual(
        refused('Cannot change ID'),
      );
    }
    await admin.patch('/v3/regions/north', { region: { id: 'north' } }, 200);
  });

  test('a region that is not there is not found', async () => {
    const message = 'Could not find region: none.';
    expect((await admin.get('/v3/regions/none', 404)).body).toEqual(refused(message));
    expect((await admin.patch('/v3/regions/none', { region: { a: 1 } }, 404)).body).toEqual(refused(message));
    expect((await admin.delete('/v3/regions/none', 404)).body).toEqual(refused(message));
  });

  test('links that a client stores stand beside the link to itself, and cannot replace it', async () => {
    await create({ id: 'north', links: { self: 'http://evil', more: 'x' } });
    const link = async () => (await admin.get('/v3/regions/north', 200)).body.region.links;
    expect(await link()).toEqual({ self: `${api.url}/v3/regions/north`, more: 'x' });
    await admin.patch('/v3/regions/north', { region: { links: 5 } }, 200);
    expect(await link()).toEqual({ self: `${api.url}/v3/regions/north` });
  });

  test('a list is filtered by parent, has links, and takes no other parameter', async () => {
    await create({ id: 'a' });
    await create({ id: 'b', parent_region_id: 'a' });
    expect(await ids()).toEqual(['a', 'b']);
    const { body } = await admin.get('/v3/regions?parent_region_id=a', 200);
    expect(body.regions.map(({ id }: { id: string }) => id)).toEqual(['b']);
    const self = `${api.url}/v3/regions?parent_region_id=a`;
    expect(body.links).toEqual({ self, next: null, previous: null });
    expect(await ids('?parent_region_id=none')).toEqual([]);
    expect(await ids('?parent_region_id=a&parent_region_id=b')).toEqual([]);

    const answer = await admin.get('/v3/regions?limit=1&marker=a', 400);
    expect(answer.body).toEqual(refused("Additional properties are not allowed ('limit', 'marker' were unexpected)"));
    await admin.get('/v3/regions?parent_region_id__contains=a', 400);
    await admin.get('/v3/regions?parent_region_id=', 400);
  });

  test('no configuration limits the list', async () => {
    for (const id of ['a', 'b', 'c']) await create({ id });
    api.configure({ DEFAULT: { list_limit: 1 }, catalog: { list_limit: 1 } });
    expect(await ids()).toEqual(['a', 'b', 'c']);
    api.configure({});
  });

  test('a region goes with all below it, and with the policies of their services', async () => {
    await create({ id: 'a' });
    await create({ id: 'b', parent_region_id: 'a' });
    await create({ id: 'c', parent_region_id: 'b' });
    await create({ id: 'other' });
    const { manager } = api.database;
    for (const region of ['c', 'other']) {
      await manager.query(
        `INSERT INTO policy_association (id, policy_id, service_id, region_id) VALUES ('p-${region}', 'p', 's', ?)`,
        [region],
      );
    }
    await admin.delete('/v3/regions/a', 204);
    expect(await ids()).toEqual(['other']);
    expect(await manager.query('SELECT id FROM policy_association')).toEqual([{ id: 'p-other' }]);
  });

  test('a region stays while it, or one below it, has an endpoint', async () => {
    await create({ id: 'a' });
    await create({ id: 'b', parent_region_id: 'a' });
    const { body } = await admin.post('/v3/services', { service: { type: 'x' } }, 201);
    const endpoint = { interface: 'public', url: 'http://x', service_id: body.service.id, region_id: 'b' };
    await admin.post('/v3/endpoints', { endpoint }, 201);
    for (const id of ['a', 'b']) {
      const answer = await admin.delete(`/v3/regions/${id}`, 403);
      expect(answer.body).toEqual(
        refused(`Unable to delete region ${id} because it or its child regions have associated endpoints.`),
      );
    }
    expect(await ids()).toEqual(['a', 'b']);
    await admin.delete(`/v3/services/${body.service.id}`, 204);
    await admin.delete('/v3/regions/a', 204);
  });
});
