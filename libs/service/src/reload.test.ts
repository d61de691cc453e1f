import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { notes, tokens } from './module.fixture.ts';
import { start, type Started } from './service.fixture.ts';

const both = [notes(), tokens];
const listed = async ({ get }: Started) => (await get('/v3/regions', 'reader')).status;
const beside = ({ file }: Started, name: string) => join(dirname(file), name);

test('new values hold when reload returns, and /readyz counts it', async () => {
  const service = await start(both, { conf: '[DEFAULT]\npublic_endpoint = http://old.example\n' });
  const challenge = async () => (await service.get('/v3/regions')).headers.get('www-authenticate');
  expect(await challenge()).toBe('Keystone uri="http://old.example/v3"');
  writeFileSync(service.file, '[DEFAULT]\npublic_endpoint = http://new.example\n[kts]\nlog_level = warning\n');
  service.reload();
  expect(await challenge()).toBe('Keystone uri="http://new.example/v3"');
  expect((await service.readyz()).text).toContain('\nreloads 1\n');
  service.log.info('not to be seen');
  expect(service.lines.map(({ message }) => message)).not.toContain('not to be seen');
});

test('the log tells that the new values hold', async () => {
  const service = await start(both);
  service.reload();
  expect(service.lines.at(-1)).toMatchObject({ level: 'info', message: 'configuration read again', reloads: 1 });
});

test('a file that has become wrong changes nothing', async () => {
  const service = await start(both, { conf: '[DEFAULT]\npublic_endpoint = http://old.example\n' });
  writeFileSync(service.file, '[DEFAULT]\npublic_endpoint = http://new.example\n[kts]\ndrain_timeout = soon\n');
  expect(() => service.reload()).toThrow(/drain_timeout/);
  expect(service.config.current().DEFAULT.public_endpoint).toBe('http://old.example');
  expect((await service.readyz()).text).toContain('\nreloads 0\n');
});

test('the policy file needs no reload', async () => {
  const service = await start(both);
  expect(await listed(service)).toBe(200);
  writeFileSync(beside(service, 'policy.yaml'), '"identity:list_regions": "!"\n');
  expect(await listed(service)).toBe(403);
  writeFileSync(beside(service, 'policy.yaml'), '"identity:list_regions": "role:reader"\n');
  expect(await listed(service)).toBe(200);
});

test('another policy file holds when reload returns', async () => {
  const service = await start(both);
  writeFileSync(beside(service, 'strict.yaml'), '"identity:list_regions": "!"\n');
  writeFileSync(service.file, '[oslo_policy]\npolicy_file = strict.yaml\n');
  expect(await listed(service)).toBe(200);
  service.reload();
  expect(await listed(service)).toBe(403);
});

test('a policy that is broken when read again leaves the rules and the configuration as they were', async () => {
  const service = await start(both, { conf: '[oslo_policy]\npolicy_file = good.yaml\n' });
  writeFileSync(beside(service, 'good.yaml'), '"identity:list_regions": "role:admin"\n');
  expect(await listed(service)).toBe(403);
  writeFileSync(beside(service, 'broken.yaml'), '"identity:list_regions": [\n');
  writeFileSync(service.file, '[DEFAULT]\npublic_endpoint = http://new\n[oslo_policy]\npolicy_file = broken.yaml\n');
  expect(() => service.reload()).toThrow(/broken\.yaml/);
  expect(await listed(service)).toBe(403);
  expect(service.config.current().DEFAULT.public_endpoint).toBeNull();
  expect((await service.readyz()).text).toContain('\nreloads 0\n');
});

test('a policy file that breaks while it is used is logged, and its last good rules go on', async () => {
  const service = await start(both);
  writeFileSync(beside(service, 'policy.yaml'), '"identity:list_regions": "role:admin"\n');
  expect(await listed(service)).toBe(403);
  writeFileSync(beside(service, 'policy.yaml'), '"identity:list_regions": [\n');
  expect(await listed(service)).toBe(403);
  expect(service.lines.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('last good ones') });
});
