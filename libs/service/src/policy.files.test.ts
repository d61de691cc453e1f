import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PolicyFileError, type PolicyCredentials } from '@keystone/policy';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { policyFiles, type PolicyFiles, type PolicyFilesOptions } from './policy.files.ts';

const reader: PolicyCredentials = {
  user_id: 'u',
  user_domain_id: 'd',
  project_id: 'p',
  project_domain_id: 'd',
  domain_id: null,
  system_scope: null,
  roles: ['reader'],
};

let dir = '';
let lines: string[] = [];
const log = {
  info: () => {},
  warn: (message: string, fields?: object) => lines.push(`warn ${message} ${JSON.stringify(fields)}`),
  error: (message: string, fields?: object) => lines.push(`error ${message} ${JSON.stringify(fields)}`),
};

const options = (given: Partial<PolicyFilesOptions> = {}): PolicyFilesOptions => ({
  policyFile: 'policy.yaml',
  policyDirs: ['policy.d'],
  sources: { files: [join(dir, 'keystone.conf')] },
  enforceNewDefaults: true,
  defaultRule: 'default',
  ...given,
});

const put = (name: string, text: string) => writeFileSync(join(dir, name), text);
const rule = (check: string) => JSON.stringify({ 'identity:list_users': check });
const listsUsers = (files: PolicyFiles) => files.current().decide('identity:list_users', reader, {});

/** Until the files' change times are so old that they are trusted. */
const settle = () => sleep(80);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'policy-'));
  lines = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('where the files are', () => {
  test('without any file the defaults hold', () => {
    expect(listsUsers(policyFiles(options(), log))).toBe('forbidden');
  });

  test('a policy file beside keystone.conf counts', () => {
    put('policy.yaml', rule('role:reader'));
    expect(listsUsers(policyFiles(options(), log))).toBe('allowed');
  });

  test('a policy file under its absolute path counts', () => {
    put('rules.json', rule('role:reader'));
    expect(listsUsers(policyFiles(options({ policyFile: join(dir, 'rules.json'), sources: {} }), log))).toBe('allowed');
  });

  test('a configuration directory goes before the configuration files, and the last of these first', () => {
    for (const name of ['a', 'b', 'c']) mkdirSync(join(dir, name));
    const sources = { files: [join(dir, 'a/k.conf'), join(dir, 'b/k.conf')], dirs: [join(dir, 'c')] };
    put('a/policy.yaml', rule('role:reader'));
    const files = policyFiles(options({ sources }), log);
    expect(listsUsers(files)).toBe('allowed');
    put('b/policy.yaml', rule('!'));
    expect(listsUsers(files)).toBe('forbidden');
    put('c/policy.yaml', rule('@'));
    expect(listsUsers(files)).toBe('allowed');
  });

  test('the files of policy.d count after the policy file, by name, hidden ones and subdirectories not', () => {
    mkdirSync(join(dir, 'policy.d/zz'), { recursive: true });
    put('policy.yaml', rule('!'));
    put('policy.d/10.yaml', rule('!'));
    put('policy.d/20.json', rule('role:reader'));
    put('policy.d/.30.yaml', rule('!'));
    put('policy.d/zz/40.yaml', rule('!'));
    expect(listsUsers(policyFiles(options(), log))).toBe('allowed');
  });

  test('later policy directories go before earlier ones', () => {
    for (const name of ['one', 'two']) mkdirSync(join(dir, name));
    put('one/z.yaml', rule('!'));
    put('two/a.yaml', rule('role:reader'));
    expect(listsUsers(policyFiles(options({ policyDirs: ['one', 'missing', 'two'] }), log))).toBe('allowed');
  });
});

describe('a change is seen by the next call', () => {
  test('a policy file that appears, changes in place, is replaced by a rename, and goes', async () => {
    const files = policyFiles(options(), log);
    expect(listsUsers(files)).toBe('forbidden');
    await settle();
    put('policy.yaml', rule('role:reader'));
    expect(listsUsers(files)).toBe('allowed');
    await settle();
    put('policy.yaml', rule('role:nobody'));
    expect(listsUsers(files)).toBe('forbidden');
    await settle();
    put('next', rule('role:reader'));
    renameSync(join(dir, 'next'), join(dir, 'policy.yaml'));
    expect(listsUsers(files)).toBe('allowed');
    await settle();
    unlinkSync(join(dir, 'policy.yaml'));
    expect(listsUsers(files)).toBe('forbidden');
  });

  test('a file of the same size and modification time is told apart', async () => {
    put('policy.yaml', rule('role:reader'));
    utimesSync(join(dir, 'policy.yaml'), 1000, 1000);
    await settle();
    const files = policyFiles(options(), log);
    expect(listsUsers(files)).toBe('allowed');
    put('policy.yaml', rule('role:xeader'));
    utimesSync(join(dir, 'policy.yaml'), 1000, 1000);
    expect(listsUsers(files)).toBe('forbidden');
  });

  test('changes in quick succession are all seen', () => {
    put('policy.yaml', rule('role:xeader'));
    const files = policyFiles(options(), log);
    for (let count = 0; count < 200; count++) {
      const allowed = count % 2 === 0;
      put('policy.yaml', rule(allowed ? 'role:reader' : 'role:xeader'));
      expect(listsUsers(files)).toBe(allowed ? 'allowed' : 'forbidden');
    }
  });

  test('a policy directory and the files in it come, change and go', async () => {
    const files = policyFiles(options(), log);
    await settle();
    mkdirSync(join(dir, 'policy.d'));
    expect(listsUsers(files)).toBe('forbidden');
    await settle();
    put('policy.d/a.yaml', rule('role:reader'));
    expect(listsUsers(files)).toBe('allowed');
    await settle();
    put('policy.d/a.yaml', rule('!'));
    expect(listsUsers(files)).toBe('forbidden');
    await settle();
    put('policy.d/b.yaml', rule('role:reader'));
    expect(listsUsers(files)).toBe('allowed');
    await settle();
    unlinkSync(join(dir, 'policy.d/b.yaml'));
    expect(listsUsers(files)).toBe('forbidden');
    rmSync(join(dir, 'policy.d'), { recursive: true });
    put('policy.yaml', rule('role:reader'));
    expect(listsUsers(files)).toBe('allowed');
  });

  test('a link that is turned to another directory, as Kubernetes updates a ConfigMap', async () => {
    for (const name of ['v1', 'v2']) mkdirSync(join(dir, name));
    put('v1/policy.yaml', rule('!'));
    put('v2/policy.yaml', rule('role:reader'));
    symlinkSync('v1', join(dir, 'data'));
    symlinkSync('data/policy.yaml', join(dir, 'policy.yaml'));
    const files = policyFiles(options(), log);
    expect(listsUsers(files)).toBe('forbidden');
    await settle();
    symlinkSync('v2', join(dir, 'next'));
    renameSync(join(dir, 'next'), join(dir, 'data'));
    expect(listsUsers(files)).toBe('allowed');
  });

  test('without a change the same policy is handed out', async () => {
    put('policy.yaml', rule('role:reader'));
    const files = policyFiles(options(), log);
    const first = files.current();
    expect(files.current()).toBe(first);
    await settle();
    expect(files.current()).toBe(first);
  });
});

describe('a broken file', () => {
  test.each([
    ['no YAML', '{"identity:list_users": ', /policy\.yaml/],
    ['a list', '- a', /not a mapping/],
    ['a rule that is a number', '{"identity:list_users": 1}', /"identity:list_users" must be a string or a list/],
  ])('%s is an error at the start that names it', (_, text, message) => {
    put('policy.yaml', text);
    expect(() => policyFiles(options(), log)).toThrow(PolicyFileError);
    expect(() => policyFiles(options(), log)).toThrow(message);
    expect(() => policyFiles(options(), log)).toThrow(join(dir, 'policy.yaml'));
  });

  test('bytes that are no UTF-8 are an error', () => {
    writeFileSync(join(dir, 'policy.yaml'), Buffer.from([0x7b, 0xff, 0x7d]));
    expect(() => policyFiles(options(), log)).toThrow(PolicyFileError);
  });

  test('a policy directory that is a file is an error', () => {
    put('policy.d', '');
    expect(() => policyFiles(options(), log)).toThrow(/policy\.d: is not a directory/);
  });

  test('later on, the last good rules go on, it is logged once, and a mended file counts', async () => {
    put('policy.yaml', rule('role:reader'));
    const files = policyFiles(options(), log);
    put('policy.yaml', '{');
    for (let count = 0; count < 5; count++) expect(listsUsers(files)).toBe('allowed');
    await settle();
    expect(listsUsers(files)).toBe('allowed');
    expect(lines.filter((line) => line.startsWith('error'))).toEqual([
      expect.stringContaining(join(dir, 'policy.yaml')),
    ]);
    put('policy.yaml', rule('!'));
    expect(listsUsers(files)).toBe('forbidden');
  });

  test('a rule that does not parse is logged and denies', () => {
    put('policy.yaml', rule('role:reader or'));
    expect(listsUsers(policyFiles(options(), log))).toBe('forbidden');
    expect(lines).toEqual([expect.stringMatching(/warn .*identity:list_users.*is not a rule/)]);
  });

  test('a rule that cannot be decided is logged when it is asked', () => {
    put('policy.yaml', rule('user_id.x:y'));
    const files = policyFiles(options(), log);
    expect(listsUsers(files)).toBe('forbidden');
    expect(lines).toEqual([expect.stringMatching(/warn .*cannot be decided.*identity:list_users/)]);
  });
});
