import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './rendered.ts';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const dockerfile = read('deploy/Dockerfile');

test('an image has the Node that the lock pins, with which the tests run', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> };
  expect(/^ARG NODE=(.*)$/m.exec(dockerfile)?.[1]).toBe(packages['node_modules/node']?.version);
  expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, from]) => from)).toEqual([
    'node:${NODE}-bookworm-slim',
    ...['base', 'base', 'base', 'base'],
  ]);
});

test('a stage that is copied from is there', () => {
  const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, name]) => name);
  for (const [, from] of dockerfile.matchAll(/--from=(\S+)/g)) expect(stages).toContain(from);
});

test('user and ports are those of the pods', () => {
  const patch = parse(read('deploy/kustomize/base/service-pod.yaml')) as Patch;
  const { securityContext, containers } = patch.spec.template.spec;
  const last = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
  expect(last).toMatch(new RegExp(`^USER ${securityContext.runAsUser}:${securityContext.runAsGroup}$`, 'm'));
  const ports = containers.flatMap((container) => container.ports.map(({ containerPort }) => containerPort));
  expect(last).toMatch(new RegExp(`^EXPOSE ${ports.join(' ')}$`, 'm'));
});

interface Patch {
  spec: {
    template: {
      spec: {
        securityContext: { runAsUser: number; runAsGroup: number };
        containers: { ports: { containerPort: number }[] }[];
      };
    };
  };
}
