import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ConfigError,
  findBesideConfig,
  findConfigDirs,
  findConfigFiles,
  liveConfig,
  loadConfig,
  parseArguments,
  type ConfigSources,
} from './index.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'keystone-config-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const write = (name: string, text: string | Uint8Array): string => {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

const problemsOf = (sources: ConfigSources): readonly string[] => {
  try {
    loadConfig(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

const expiration = (sources: ConfigSources): number => loadConfig(sources).token.expiration;

describe('what wins', () => {
  const file = (seconds: number, name = `${seconds}.conf`) => write(name, `[token]\nexpiration = ${seconds}\n`);

  test('a later file', () => {
    expect(expiration({ files: [file(1), file(2)] })).toBe(2);
    expect(expiration({ files: [file(2), file(1)] })).toBe(1);
  });

  test('a directory over the files, and in it the last name that ends in .conf', () => {
    file(3, 'dir/10.conf');
    file(4, 'dir/9.conf');
    file(5, 'dir/.a.conf');
    file(6, 'dir/z.conf.orig');
    expect(expiration({ files: [file(1)], dirs: [join(root, 'dir')] })).toBe(4);
  });

  test('a file that comes after a directory on the command line', () => {
    file(3, 'd/a.conf');
    const flags = ['--config-dir', join(root, 'd'), '--config-file', file(1)];
    expect(expiration({ sources: parseArguments(flags).sources })).toBe(1);
    expect(expiration({ sources: parseArguments(flags.toSpliced(0, 2).concat(flags.slice(0, 2))).sources })).toBe(3);
  });

  test('the environment over every file', () => {
    expect(expiration({ files: [file(1)], env: { OS_TOKEN__EXPIRATION: '9' } })).toBe(9);
  });

  test('the command line over the environment, for our own section', () => {
    const files = [write('kts.conf', '[kts]\nbind = a:1\nhealth_bind = a:2\nnats_url = nats://$bind\n')];
    const env = { OS_KTS__BIND: 'b:1', OS_KTS__HEALTH_BIND: 'b:2' };
    const { kts } = loadConfig({ files, env, overrides: { bind: 'c:1' } });
    expect(kts).toMatchObject({ bind: 'c:1', health_bind: 'b:2', nats_url: 'nats://c:1' });
  });
});

test('a home directory may be written ~', () => {
  write('home/k.conf', '[token]\nexpiration = 77\n');
  expect(expiration({ files: ['~/k.conf'], env: { HOME: join(root, 'home') } })).toBe(77);
});

test('sections and options that nobody declared are left alone', () => {
  const files = [write('unknown.conf', '[oslo_messaging_rabbit]\nrabbit_qos = $x\n[token]\nnew_in_31 = yes\n')];
  expect(loadConfig({ files })).toEqual(loadConfig({}));
});

test('an option of a library that only Python loads can be referred to', () => {
  const files = [write('state.conf', '[DEFAULT]\nstate_path = /srv\n[kts]\ndata_dir = $state_path/kts\n')];
  expect(loadConfig({ files }).kts.data_dir).toBe('/srv/kts');
});

test('all missing files and directories are named', () => {
  const [a, b] = [join(root, 'none.conf'), join(root, 'none.d')];
  expect(problemsOf({ files: [a], dirs: [b] })).toEqual([`${a}: does not exist`, `${b}: does not exist`]);
});

test('a directory in the place of a file, and bytes that are no UTF-8, are named', () => {
  const [a, b] = [join(root, 'folder.conf'), write('latin1.conf', Uint8Array.of(0x23, 0xe4))];
  mkdirSync(a);
  expect(problemsOf({ files: [a, b] })).toEqual([`${a}: cannot be read (EISDIR)`, `${b}: is not UTF-8`]);
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is named', () => {
  const path = write('secret.conf', '');
  chmodSync(path, 0);
  expect(problemsOf({ files: [path] })).toEqual([`${path}: may not be read`]);
});

test('the lines of all files that cannot be read are named', () => {
  const [a, b] = [write('a.conf', 'x\n'), write('b.conf', '[x\n')];
  expect(problemsOf({ files: [a, b] })).toEqual([
    `${a}:1: no ':' or '=' in an assignment`,
    `${b}:1: a section must end with ]`,
  ]);
});

test('every wrong value is named with its file, line, section and option', () => {
  const path = write(
    'wrong.conf',
    '[token]\nexpiration = 1h\ncaching = maybe\n[DEFAULT]\nnotification_format = xml\npublic_endpoint = host\n' +
      '[identity]\nmax_password_length = 5000\n[fernet_tokens]\nmax_active_keys = 0\n',
  );
  expect(problemsOf({ files: [path], env: { OS_TOTP__INCLUDED_PREVIOUS_WINDOWS: '11' } }).toSorted()).toEqual(
    [
      `${path}:2: [token] expiration must be an integer, not "1h"`,
      `${path}:3: [token] caching must be true or false (1/0, yes/no, on/off), not "maybe"`,
      `${path}:5: [DEFAULT] notification_format must be one of basic, cadf, not "xml"`,
      `${path}:6: [DEFAULT] public_endpoint must be a URL such as https://host:port, not "host"`,
      `${path}:8: [identity] max_password_length must be at most 4096, not "5000"`,
      `${path}:10: [fernet_tokens] max_active_keys must be at least 1, not "0"`,
      'environment OS_TOTP__INCLUDED_PREVIOUS_WINDOWS: [totp] included_previous_windows must be at most 10, not "11"',
    ].toSorted(),
  );
});

test('an empty number is no value where there must be one, and none where there need not be', () => {
  const path = write('empty.conf', '[token]\nexpiration =\n[identity]\nlist_limit =\n');
  expect(problemsOf({ files: [path] })).toEqual([`${path}:2: [token] expiration has no value, not ""`]);
  expect(loadConfig({ files: [write('limit.conf', '[DEFAULT]\nlist_limit =\n')] }).DEFAULT.list_limit).toBeNull();
});

test("a secret's value is in no error, wherever it was written", () => {
  const path = write(
    'secrets.conf',
    '[database]\nconnection = mysql://u:hidden$gone@h/d\n[DEFAULT]\nadmin_token = hidden$$hidden$hidden\n' +
      '[token]\nexpiration = $database.slave_connection\n[oslo_x]\npass = hidden$gone\n[kts]\ndata_dir = $oslo_x.pass\n',
  );
  const env = { OS_DATABASE__SLAVE_CONNECTION: 'hidden' };
  const problems = problemsOf({ files: [path], env, overrides: { nats_url: 'nats://u:hidden$gone@h' } });
  expect(problems).toHaveLength(5);
  expect(problems.join('\n')).not.toContain('hidden');
  expect(problems).toContain(`${path}:6: [token] expiration must be an integer, not "$database.slave_connection"`);
  expect(problems).toContain(
    'command line: [kts] nats_url refers with $ to an option that does not exist (a plain dollar sign is $$)',
  );
});

test('a variable gives an option of many values one', () => {
  const env = { OS_DEFAULT__NOTIFICATION_OPT_OUT: 'identity.user.created' };
  expect(loadConfig({ env }).DEFAULT.notification_opt_out).toEqual(['identity.user.created']);
});

test('nothing is read from the process that is not handed in', () => {
  process.env['OS_TOKEN__EXPIRATION'] = '5';
  try {
    expect(expiration({})).toBe(3600);
  } finally {
    delete process.env['OS_TOKEN__EXPIRATION'];
  }
});

test('reloading gives new values, keeps overrides, and keeps the old values when it fails', () => {
  const path = write('live.conf', '[token]\nexpiration = 1\n');
  const live = liveConfig({ files: [path], overrides: { bind: 'x:1' } });
  expect(live.current().token.expiration).toBe(1);
  write('live.conf', '[token]\nexpiration = 2\n[kts]\nbind = y:1\n');
  expect(live.current().token.expiration).toBe(1);
  live.reload();
  expect(live.current()).toMatchObject({ token: { expiration: 2 }, kts: { bind: 'x:1' } });
  write('live.conf', '[token]\nexpiration = two\n');
  expect(() => live.reload()).toThrow(ConfigError);
  expect(live.current().token.expiration).toBe(2);
});

describe('where keystone.conf is looked for', () => {
  const touch = (name: string) => write(name, '');

  test('in ~/.keystone, then in ~, and for a program of its own too', () => {
    const env = { HOME: join(root, 'h1') };
    const inHome = touch('h1/keystone.conf');
    expect(findConfigFiles(env)).toEqual([inHome]);
    const hidden = touch('h1/.keystone/keystone.conf');
    const program = touch('h1/keystone-manage.conf');
    expect(findConfigFiles(env)).toEqual([hidden]);
    expect(findConfigFiles(env, 'keystone-manage')).toEqual([hidden, program]);
  });

  test('last where a snap keeps its files', () => {
    const env = { HOME: join(root, 'h2'), SNAP: join(root, 'snap'), SNAP_COMMON: join(root, 'common') };
    const snap = touch('snap/etc/keystone/only-in-snap.conf');
    expect(findConfigFiles(env, 'only-in-snap').at(-1)).toBe(snap);
    const common = touch('common/etc/keystone/only-in-snap.conf');
    expect(findConfigFiles(env, 'only-in-snap').at(-1)).toBe(common);
  });

  test('directories end in .conf.d', () => {
    touch('h3/.keystone/keystone.conf.d/a.conf');
    expect(findConfigDirs({ HOME: join(root, 'h3') })).toEqual([join(root, 'h3/.keystone/keystone.conf.d')]);
  });
});

test('a file named without a path lies in a configuration directory, or beside the last file that has it', () => {
  const [one, two] = [write('p1/policy.yaml', ''), write('p2/policy.yaml', '')];
  const files = [join(root, 'p1/k.conf'), join(root, 'p2/k.conf')];
  expect(findBesideConfig('policy.yaml', { files })).toBe(two);
  expect(findBesideConfig('policy.yaml', { files, dirs: [join(root, 'p1')] })).toBe(one);
  expect(findBesideConfig('policy.yaml', { files: files.slice(0, 1) })).toBe(one);
  expect(findBesideConfig('no-such-policy.yaml', { files, env: { HOME: root } })).toBeUndefined();
  expect(findBesideConfig(two, {})).toBe(two);
  expect(findBesideConfig(`${two}.gone`, {})).toBeUndefined();
});
