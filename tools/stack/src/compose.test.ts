import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ENVOY_SERIES, KEYSTONE_REQUIREMENTS } from './install.ts';
import { PARTS, SERVICES } from './part-names.ts';
import { ENVOY_CONFIG, REPOSITORY } from './repository.ts';
import { run } from './run.ts';

interface Service {
  image?: string;
  build?: string | { context: string; dockerfile: string; args: Record<string, string> };
  command?: string[];
  volumes?: string[];
  depends_on?: string[] | Record<string, unknown>;
}
const FILE = join(REPOSITORY, 'docker-compose.yml');
const compose = parse(readFileSync(FILE, 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const services = Object.values(compose.services);

/** The command that is Compose here, where there is one: a plugin of docker's or, before that, a program. */
async function findCompose(): Promise<string[] | undefined> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const [program = '', ...args] = command;
    const works = await run(program, [...args, 'version']).then(
      () => true,
      () => false,
    );
    if (works) return command;
  }
  return undefined;
}
const composeCommand = await findCompose();

test.skipIf(composeCommand === undefined)(
  'Compose takes the file, and wants a password for the administrator',
  async () => {
    const [program = '', ...args] = composeCommand ?? [];
    const config = (env: NodeJS.ProcessEnv) => run(program, [...args, '--file', FILE, 'config'], { env });
    const { OS_PASSWORD: _, ...environment } = process.env;
    expect(
      Object.keys((parse(await config({ ...environment, OS_PASSWORD: 'pw' })) as typeof compose).services),
    ).toHaveLength(11);
    await expect(config(environment)).rejects.toThrow('the password that the user admin shall have');
  },
);

test('it runs every part of a stack, our services from one Dockerfile', () => {
  expect(Object.keys(compose.services)).toEqual(expect.arrayContaining([...PARTS]));
  for (const name of SERVICES) {
    expect(compose.services[name]?.build).toEqual({
      context: '.',
      dockerfile: 'deploy/Dockerfile',
      args: { APP: name },
    });
  }
});

test('what a service waits for, mounts or names is there', () => {
  const needed = services.flatMap(({ depends_on = [] }) =>
    Array.isArray(depends_on) ? depends_on : Object.keys(depends_on),
  );
  expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(needed));
  const mounted = services.flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
  const files = mounted.filter((source) => source.startsWith('./') && source !== './envoy.yaml');
  expect(files.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
  expect(Object.keys(compose.volumes)).toEqual(
    expect.arrayContaining(mounted.filter((source) => !source.startsWith('./'))),
  );
});

test('Envoy and Python Keystone are those that a stack installs', () => {
  expect(compose.services.envoy?.image).toBe(`envoyproxy/envoy:v${ENVOY_SERIES}-latest`);
  const dockerfile = readFileSync(join(REPOSITORY, 'deploy', 'python-keystone', 'Dockerfile'), 'utf8');
  for (const requirement of KEYSTONE_REQUIREMENTS)
    expect(dockerfile).toMatch(new RegExp(`pip install .* ${requirement}\\b`));
});

test('MariaDB is as a stack runs it: rows in the binlog, utf8mb3, no look-up of names', () => {
  const options = ['--binlog-format=ROW', '--character-set-server=utf8mb3', '--skip-name-resolve', '--log-bin=binlog'];
  expect(compose.services.mariadb?.command).toEqual(expect.arrayContaining(options));
});

test.each([join(import.meta.dirname, 'envoy.fixture.yaml'), ENVOY_CONFIG].filter((file) => existsSync(file)))(
  '%s leads to services of Compose, at the ports where they listen',
  (file) => {
    const addresses = [...readFileSync(file, 'utf8').matchAll(/address: ['"]?([a-z]+)['"]?,?\s+port_value: (\d+)/g)];
    expect(addresses.length).toBeGreaterThan(1);
    for (const [, host = '', port = ''] of addresses)
      expect([host, port]).toEqual([expect.toBeOneOf(['python', ...SERVICES]), '5000']);
  },
);
