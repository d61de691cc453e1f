import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onLoopback } from './envoy-config.ts';
import { portsFrom } from './ports.ts';

const fixture = readFileSync(join(import.meta.dirname, 'envoy.fixture.yaml'), 'utf8');
const ports = portsFrom(20_000);
const at = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

test('hosts of Compose become ports of loopback, those of health checks too', () => {
  const { admin, static_resources } = onLoopback(fixture, ports);
  const [token, python] = static_resources.clusters;
  expect(admin).toEqual({ address: at(20_030) });
  expect(static_resources.listeners[0]?.address).toEqual(at(20_000));
  expect(token).toMatchObject({
    type: 'STATIC',
    load_assignment: {
      endpoints: [
        { lb_endpoints: [{ endpoint: { address: at(20_010), health_check_config: { port_value: 20_020 } } }] },
      ],
    },
  });
  expect(python).toMatchObject({
    type: 'STATIC',
    load_assignment: { endpoints: [{ lb_endpoints: [{ endpoint: { address: at(20_001) } }] }] },
  });
});

test('an aggregate of clusters is left as it is', () => {
  const before = onLoopback(fixture, ports).static_resources.clusters[2];
  expect(before).toMatchObject({ name: 'token_or_python', lb_policy: 'CLUSTER_PROVIDED' });
  expect(before).not.toHaveProperty('type');
});

test('an endpoint of a service within the cluster of another is sent to its own part', () => {
  const mixed = fixture.replace('address: token, port_value: 5000', 'address: python, port_value: 5000');
  const [token] = onLoopback(mixed, ports).static_resources.clusters;
  expect(token?.load_assignment?.endpoints[0]?.lb_endpoints[0]?.endpoint.address).toEqual(at(20_001));
});

test('a host that is no part of a stack is an error that names it', () => {
  const stranger = fixture.replaceAll('name: python\n', 'name: ldap\n').replace('address: python', 'address: ldap');
  expect(() => onLoopback(stranger, ports)).toThrow('cluster ldap leads to ldap');
});
