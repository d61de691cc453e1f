import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig, OPTIONS, type Declarations, type Kind, type Option } from '../index.ts';

// What Python Keystone registers: written by testdata/export_options.py.
interface Row {
  section: string;
  name: string;
  own: boolean;
  kind: Exclude<Kind, 'lists'>;
  default: unknown;
  min: number | null;
  max: number | null;
  choices: string[] | null;
  secret: boolean;
  deprecated: { section: string; name: string }[];
}
const rows = JSON.parse(readFileSync(new URL('../../testdata/options.json', import.meta.url), 'utf8')) as Row[];

const DECLARED: Declarations = OPTIONS;

const described = (section: string, name: string, option: Option): Omit<Row, 'own'> => ({
  section,
  name,
  kind: option.kind === 'lists' ? 'dict' : option.kind,
  default: option.default,
  min: option.min ?? null,
  max: option.max ?? null,
  choices: option.choices ? [...option.choices] : null,
  secret: option.secret ?? false,
  deprecated: (option.deprecated ?? []).map((old) => ({ section, name, ...old })),
});

const python = new Map(rows.map(({ own: _, ...row }) => [`${row.section}.${row.name}`, row]));
const ours = Object.entries(DECLARED)
  .filter(([section]) => section !== 'kts')
  .flatMap(([section, options]) => Object.entries(options).map(([name, option]) => described(section, name, option)));

describe('declared as Python registers it', () => {
  test.each(ours)('[$section] $name', (declared) => {
    expect(declared).toEqual(python.get(`${declared.section}.${declared.name}`));
  });
});

test('every option Python registers in these sections is declared', () => {
  const missing = [...python.values()].filter(({ section, name }) => !DECLARED[section]?.[name]);
  expect(missing).toEqual([]);
});

test('without any file each option has its default', () => {
  const config: Record<string, Record<string, unknown>> = loadConfig({});
  for (const row of rows) expect(config[row.section]?.[row.name], `[${row.section}] ${row.name}`).toEqual(row.default);
  expect(config['kts']).toEqual({
    bind: '127.0.0.1:5000',
    health_bind: '127.0.0.1:5001',
    data_dir: null,
    nats_url: null,
    nats_tls_ca: null,
    nats_tls_cert: null,
    nats_tls_key: null,
    nats_name: 'keystone',
    question_timeout: 2,
    drain_notice: 2,
    drain_timeout: 10,
    hash_threads: null,
    hash_queue: null,
    memory_mib: 256,
    log_level: 'info',
  });
});

test('a default that Python takes from the host is left to the time of use', () => {
  expect(loadConfig({}).DEFAULT.default_publisher_id).toBeNull();
});

test('a configuration can be changed without changing the defaults', () => {
  loadConfig({}).auth.methods.length = 0;
  expect(loadConfig({}).auth.methods).toContain('password');
});

test('no default needs substitution, since defaults are not substituted', () => {
  const texts = Object.values(DECLARED).flatMap((options) =>
    Object.values(options).flatMap((option) => option.default),
  );
  expect(texts.filter((text) => typeof text === 'string' && text.includes('$'))).toEqual([]);
});
