import { expect, test } from 'vitest';
import { namesIn, PARTS, withNeeds } from './part-names.ts';
import { PORTS_OF_A_BASE, portsFrom } from './ports.ts';

test('two bases share no port when they are far enough apart', () => {
  const all = (base: number) => {
    const { health, ...others } = portsFrom(base);
    return [...Object.values(others), ...Object.values(health)];
  };
  const ports = [...all(15_000), ...all(15_000 + PORTS_OF_A_BASE)];
  expect(new Set(ports).size).toBe(ports.length);
});

test.each([NaN, 80, 15_000.5, 65_530])('%d is no base', (base) => {
  expect(() => portsFrom(base)).toThrow('a base port is a whole number from 1024 to');
});

test('a part brings what it needs', () => {
  expect(withNeeds(['python'], false)).toEqual(['mariadb', 'python']);
  expect(withNeeds(['python'], true)).toEqual(['mariadb', 'memcached', 'python']);
  expect(withNeeds(['envoy', 'catalog'], false)).toEqual(['mariadb', 'nats', 'catalog', 'envoy']);
  expect(withNeeds(['nats'], true)).toEqual(['nats']);
});

test('a name that is not known is an error that says which are', () => {
  expect(namesIn('nats, envoy', PARTS)).toEqual(['nats', 'envoy']);
  expect(namesIn('none', PARTS)).toEqual([]);
  expect(() => namesIn('nats,redis', PARTS)).toThrow('"redis" is none of mariadb, nats,');
});
