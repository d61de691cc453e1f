import { expect, test } from 'vitest';
import { ConfigError, parseArguments, USAGE } from './index.ts';

test('no flags at all', () => {
  expect(parseArguments([])).toEqual({ configFiles: [], configDirs: [], sources: [], overrides: {} });
});

test('every flag, with an equals sign or without', () => {
  const flags = ['--bind=h:1', '--health-bind', 'h:2', '--data-dir=/d', '--nats-url', 'nats://h'];
  expect(parseArguments(flags).overrides).toEqual({
    bind: 'h:1',
    health_bind: 'h:2',
    data_dir: '/d',
    nats_url: 'nats://h',
  });
});

test('files and directories keep their order, also among each other', () => {
  const flags = ['--config-file', 'a', '--config-dir=d', '--config-file=b', '--bind', 'h:1', '--config-dir', 'e'];
  expect(parseArguments(flags)).toMatchObject({
    configFiles: ['a', 'b'],
    configDirs: ['d', 'e'],
    sources: [{ file: 'a' }, { dir: 'd' }, { file: 'b' }, { dir: 'e' }],
  });
});

test.each([
  [['--verbose'], /--verbose/],
  [['serve'], /serve/],
  [['--bind'], /--bind/],
  [['--config-file', '--bind=h:1'], /--config-file/],
  [['-b', 'h:1'], /-b/],
])('%j is an error with the usage', (flags, named) => {
  const parse = () => parseArguments(flags);
  expect(parse).toThrow(ConfigError);
  expect(parse).toThrow(named);
  expect(parse).toThrow(USAGE);
});

test('the value of a flag that does not exist is not shown', () => {
  expect(() => parseArguments(['--nats-password=hidden'])).toThrow(/^(?!.*hidden)/s);
});
