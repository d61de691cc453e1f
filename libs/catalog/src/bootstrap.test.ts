import { testKinds } from '@keystone/database/testing';
import { testApi, type TestApi } from '@keystone/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bootstrapCatalog, catalog, type BootstrapCatalog } from './index.ts';

describe.each(testKinds)('on %s', (kind) => {
  let api: TestApi;
  beforeEach(async () => {
    api = await testApi([catalog], { kind });
  });
  afterEach(() => api.close());

  let made = 0;
  const bootstrap = (options: Partial<BootstrapCatalog> = {}) =>
    bootstrapCatalog(api.database, {
      regionId: 'RegionOne',
      serviceName: 'keystone',
      publicUrl: 'http://public',
      internalUrl: 'http://internal',
      adminUrl: null,
      newId: () => `id-${made++}`,
      ...options,
    });
  const all = async (name: string) => (await api.as('project-admin').get(`/v3/${name}`, 200)).body[name];

  test('a region, the identity service and its endpoints are made', async () => {
    await bootstrap();
    expect(await all('regions')).toMatchObject([{ id: 'RegionOne', description: '', parent_region_id: null }]);
    expect(await all('services')).toMatchObject([{ type: 'identity', name: 'keystone', enabled: true }]);
    const [{ id: service_id }] = await all('services');
    const shared = { service_id, region_id: 'RegionOne', enabled: true };
    expect(await all('endpoints')).toMatchObject([
      { interface: 'public', url: 'http://public', ...shared },
      { interface: 'internal', url: 'http://internal', ...shared },
    ]);
  });

  test('a second time changes nothing but URLs that are others now', async () => {
    await bootstrap();
    const before = { services: await all('services'), endpoints: await all('endpoints') };
    await bootstrap();
    expect({ services: await all('services'), endpoints: await all('endpoints') }).toEqual(before);
    await bootstrap({ publicUrl: 'http://new', internalUrl: null, serviceName: 'other' });
    expect(await all('services')).toEqual(before.services);
    expect(await all('endpoints')).toMatchObject([{ url: 'http://new' }, { url: 'http://internal' }]);
  });

  test('a service of that type is taken whatever its name, and another region has endpoints of its own', async () => {
    await api.as('project-admin').post('/v3/services', { service: { type: 'identity', name: 'mine' } }, 201);
    await bootstrap();
    await bootstrap({ regionId: 'RegionTwo' });
    expect(await all('services')).toHaveLength(1);
    expect(await all('endpoints')).toHaveLength(4);
    expect(await all('regions')).toHaveLength(2);
  });

  test('without a URL there is no service, and without a region none of its endpoints has one', async () => {
    await bootstrap({ publicUrl: null, internalUrl: null });
    expect(await all('services')).toEqual([]);
    await bootstrap({ regionId: null });
    expect(await all('endpoints')).toMatchObject([{ region_id: null }, { region_id: null }]);
    await bootstrap({ regionId: null });
    expect(await all('endpoints')).toHaveLength(2);
  });
});
