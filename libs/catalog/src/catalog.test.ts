import { ask } from '@keystone/bus';
import { catalogFor } from '@keystone/contracts';
import { testKinds } from '@keystone/database/testing';
import { testApi, type Client, type TestApi } from '@keystone/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { catalog } from './index.ts';

describe.each(testKinds)('on %s', (kind) => {
  let api: TestApi;
  let admin: Client;
  let compute: string;
  beforeAll(async () => {
    api = await testApi([catalog], { kind });
    admin = api.as('project-admin');
  });
  beforeEach(async () => {
    for (const table of ['project_endpoint', 'project_endpoint_group', 'endpoint_group', 'endpoint', 'service']) {
      await api.database.manager.query(`DELETE FROM ${table}`);
    }
    api.configure({});
    compute = await service({ type: 'compute', name: 'nova' });
  });
  afterAll(() => api.close());

  const service = async (draft: object): Promise<string> =>
    (await admin.post('/v3/services', { service: draft }, 201)).body.service.id;
  const endpoint = async (draft: object): Promise<string> => {
    const whole = { interface: 'public', url: 'http://x', service_id: compute, ...draft };
    return (await admin.post('/v3/endpoints', { endpoint: whole }, 201)).body.endpoint.id;
  };
  const give = (id: string, project = 'p1') =>
    api.database.manager.query('INSERT INTO project_endpoint (endpoint_id, project_id) VALUES (?, ?)', [id, project]);
  const giveGroup = async (filters: object, project = 'p1') => {
    const id = `g${Math.random()}`;
    const { manager } = api.database;
    await manager.query(`INSERT INTO endpoint_group (id, name, filters) VALUES (?, 'g', ?)`, [
      id,
      JSON.stringify(filters),
    ]);
    await manager.query('INSERT INTO project_endpoint_group (endpoint_group_id, project_id) VALUES (?, ?)', [
      id,
      project,
    ]);
  };
  const entries = (project_id: string | null = 'p1') => ask(api.bus, catalogFor, { user_id: 'u1', project_id });
  const urls = async (project_id: string | null = 'p1') =>
    (await entries(project_id)).flatMap(({ endpoints }) => endpoints.map(({ url }) => url)).toSorted();

  test('an entry is a service with its endpoints, all that was stored of them and no more', async () => {
    const id = await endpoint({ region: 'north', name: 'n', description: null, 'a-b': [1], legacy_endpoint_id: 'x' });
    expect(await entries()).toEqual([
      {
        id: compute,
        type: 'compute',
        name: 'nova',
        endpoints: [
          {
            id,
            interface: 'public',
            region: 'north',
            region_id: 'north',
            url: 'http://x',
            name: 'n',
            description: null,
            a_b: [1],
          },
        ],
      },
    ]);
  });

  test('what is disabled is not shown, and a service without endpoints is', async () => {
    const off = await service({ type: 'off', enabled: false });
    const bare = await service({ type: 'bare' });
    await endpoint({ enabled: false });
    await endpoint({ service_id: off });
    const found = await entries();
    expect(found.map(({ type }) => type).toSorted()).toEqual(['bare', 'compute']);
    expect(found.flatMap(({ endpoints }) => endpoints)).toEqual([]);
    expect(found.find(({ id }) => id === bare)).toEqual({ id: bare, type: 'bare', name: '', endpoints: [] });
  });

  test('URLs are filled in with the scope and the configuration', async () => {
    await endpoint({ url: 'http://x/$(project_id)s/%(tenant_id)s' });
    await endpoint({ url: 'http://y/$(user_id)s' });
    await endpoint({ url: 'http://z/$(public_endpoint)s' });
    expect(await urls()).toEqual(['http://x/p1/p1', 'http://y/u1', 'http://z/None']);
    api.configure({ DEFAULT: { public_endpoint: 'https://me' } });
    expect(await urls()).toContain('http://z/https://me');
  });

  test('an endpoint that needs a project is left out without one, and nobody is told', async () => {
    await endpoint({ url: 'http://x/$(project_id)s' });
    await endpoint({ url: 'http://y/$(tenant_id)s' });
    await endpoint({ url: 'http://z' });
    const before = api.log.length;
    expect(await urls(null)).toEqual(['http://z']);
    expect(api.log.slice(before)).toEqual([]);
  });

  test('an endpoint whose URL cannot be filled in is left out, and the log says which', async () => {
    const lost = await endpoint({ url: 'http://x/$(compute_host)s' });
    const broken = await endpoint({});
    await admin.patch(`/v3/endpoints/${broken}`, { endpoint: { url: 'http://x/%(project_id)' } }, 200);
    await endpoint({ url: 'http://z' });
    const before = api.log.length;
    expect(await urls()).toEqual(['http://z']);
    const told = api.log.slice(before).map((line) => JSON.parse(line));
    expect(told.map(({ endpoint_id }) => endpoint_id).toSorted()).toEqual([lost, broken].toSorted());
    expect(told.map(({ reason }) => reason).toSorted()).toEqual([
      'its URL has the unknown name compute_host',
      'its URL is malformed',
    ]);
  });

  test('a project that is given endpoints sees those, and no service without one', async () => {
    await service({ type: 'bare' });
    const given = await endpoint({ url: 'http://given' });
    await endpoint({ url: 'http://other' });
    await give(given);
    expect(await urls()).toEqual(['http://given']);
    expect(await entries()).toHaveLength(1);
    expect(await urls('p2')).toEqual(['http://given', 'http://other']);
    expect(await urls(null)).toEqual(['http://given', 'http://other']);
  });

  test('a group gives the endpoints that all its filters fit', async () => {
    await endpoint({ url: 'http://a', region: 'north' });
    await endpoint({ url: 'http://b', region: 'north', interface: 'admin' });
    await endpoint({ url: 'http://c', colour: 'blue' });
    await endpoint({ url: 'http://d' });
    await giveGroup({ region_id: 'north', interface: 'public' });
    expect(await urls()).toEqual(['http://a']);
    await giveGroup({ colour: 'blue' });
    expect(await urls()).toEqual(['http://a', 'http://c']);
    await giveGroup({ service_id: compute, enabled: true });
    expect(await urls()).toHaveLength(4);
  });

  test('what is given counts even where it is disabled, and not where it is gone', async () => {
    await endpoint({ url: 'http://on' });
    await give('gone');
    await giveGroup({ region_id: 'nowhere' });
    expect(await urls()).toEqual(['http://on']);
    await give(await endpoint({ url: 'http://off', enabled: false }));
    expect(await entries()).toEqual([]);
  });

  test('without anything given nothing is shown where the configuration says so', async () => {
    await give(await endpoint({ url: 'http://given' }));
    api.configure({ endpoint_filter: { return_all_endpoints_if_no_filter: false } });
    expect(await urls('p1')).toEqual(['http://given']);
    expect(await entries('p2')).toEqual([]);
    expect(await entries(null)).toEqual([]);
  });
});
