import { beforeAll, describe, expect, test } from 'vitest';
import { directory, run, start, tool, type Embedded } from './embedded.fixture.ts';

const openstack = tool('KTS_OPENSTACK');

let keystone: Embedded;

beforeAll(async () => {
  keystone = await start({ data: directory() });
});

// The client's own start takes seconds, and longer where everybody is busy.
const PATIENT = { timeout: 240_000 };

type Shown = Record<string, unknown>;

function cloud(name: string) {
  const env = () => ({ OS_CLIENT_CONFIG_FILE: keystone.clouds, OS_CLOUD: name });
  return {
    /** A command that says nothing. */
    silent: (command: string) => run(openstack ?? '', command.split(' '), env()),
    shown: async <T = Shown>(command: string) =>
      JSON.parse(await run(openstack ?? '', [...command.split(' '), '-f', 'json'], env())) as T,
  };
}

const { shown, silent } = cloud('keystone');
const listed = (command: string) => shown<Shown[]>(command);
const namesIn = async (command: string) => (await listed(command)).map(({ Name }) => Name).toSorted();

describe.runIf(openstack)('the real client', { concurrent: true }, () => {
  test('token issue', PATIENT, async () => {
    const { id, user_id, project_id } = await shown('token issue');
    expect([id, user_id, project_id]).toEqual([
      expect.stringMatching(/^gAAAA/),
      expect.stringMatching(/^[\da-f]{32}$/),
      expect.stringMatching(/^[\da-f]{32}$/),
    ]);
  });

  test('catalog list', PATIENT, async () => {
    const [service, ...others] = await listed('catalog list');
    expect(others).toEqual([]);
    expect(service).toMatchObject({ Name: 'keystone', Type: 'identity' });
    const endpoints = service?.['Endpoints'] as Shown[];
    const url = `${keystone.url}/v3/`;
    expect(endpoints.map((one) => one['interface']).toSorted()).toEqual(['admin', 'internal', 'public']);
    for (const endpoint of endpoints) expect(endpoint).toMatchObject({ region: 'RegionOne', url });
  });

  test('user show, user list', PATIENT, async () => {
    expect(await shown('user show admin')).toMatchObject({ name: 'admin', domain_id: 'default', enabled: true });
    expect(await namesIn('user list')).toEqual(['admin']);
  });

  test('project list, domain list', PATIENT, async () => {
    expect(await namesIn('project list')).toEqual(['admin']);
    expect(await listed('domain list')).toEqual([
      { ID: 'default', Name: 'Default', Enabled: true, Description: 'The default domain' },
    ]);
  });

  test('role list', PATIENT, async () => {
    expect(await namesIn('role list')).toEqual(['admin', 'manager', 'member', 'reader', 'service']);
  });

  test('role assignment list --names', PATIENT, async () => {
    const admin = { Role: 'admin', User: 'admin@Default', Group: '', Domain: '', Inherited: false };
    const assignments = await listed('role assignment list --names');
    expect(assignments).toHaveLength(2);
    expect(assignments).toEqual(
      expect.arrayContaining([
        { ...admin, Project: 'admin@Default', System: '' },
        { ...admin, Project: '', System: 'all' },
      ]),
    );
  });

  test('on the system', PATIENT, async () => {
    const system = cloud('keystone-system');
    expect(await system.shown('token issue')).toMatchObject({ system: 'all' });
    expect(await system.shown<Shown[]>('user list')).toHaveLength(1);
  });
});

describe.runIf(openstack)('the real client changes', { concurrent: true }, () => {
  test('regions', PATIENT, async () => {
    expect(await shown('region create --description mine --parent-region RegionOne north')).toMatchObject({
      region: 'north',
      parent_region: 'RegionOne',
    });
    await silent('region set --description ours north');
    expect(await shown('region show north')).toMatchObject({ region: 'north', description: 'ours' });
    expect((await listed('region list')).map(({ Region }) => Region)).toEqual(
      expect.arrayContaining(['RegionOne', 'north']),
    );
    await silent('region delete north');
    await expect(silent('region show north')).rejects.toThrow(/No region found for north|Could not find region/i);
  });

  test('services', PATIENT, async () => {
    const made = await shown('service create --name cinder --description volumes block-storage');
    expect(made).toMatchObject({ name: 'cinder', type: 'block-storage', enabled: true });
    await silent('service set --disable --description disks cinder');
    expect(await shown('service show cinder')).toEqual({ ...made, enabled: false, description: 'disks' });
    expect(await namesIn('service list')).toEqual(expect.arrayContaining(['cinder', 'keystone']));
    await silent('service delete cinder');
    expect(await namesIn('service list')).not.toContain('cinder');
  });

  test('endpoints', PATIENT, async () => {
    await silent('region create south');
    const made = await shown('endpoint create --region south keystone public http://south.example/v3');
    expect(made).toMatchObject({ interface: 'public', region: 'south', service_name: 'keystone', enabled: true });
    const id = String(made['id']);
    await silent(`endpoint set --url http://polar.example/v3 --disable ${id}`);
    expect(await shown(`endpoint show ${id}`)).toMatchObject({ url: 'http://polar.example/v3', enabled: false });
    expect(await listed('endpoint list')).toHaveLength(4);
    await silent(`endpoint delete ${id}`);
    expect(await listed('endpoint list')).toHaveLength(3);
  });
});
