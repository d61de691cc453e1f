import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isPublic, successStatus } from '@keystone/api';
import { schemaDrift } from '@keystone/database';
import { installServers } from '@keystone/stack-tool';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { envoyConfig } from './envoy.ts';
import { listed, methodsOf, modules } from './modules.ts';
import { openapi } from './openapi.ts';
import routes from './python-routes.json' with { type: 'json' };

test('every operation is a route of Python Keystone, with its policy and its status', () => {
  const known = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  for (const { operation } of listed) {
    for (const method of methodsOf(operation)) {
      const name = `${method} ${operation.path}`;
      const route = known.get(name);
      const policy = method === 'HEAD' ? (operation.headPolicy ?? operation.policy) : operation.policy;
      // One route may ask for one rule or another, by its query.
      const policies = route?.policy?.split(';') ?? [null];
      expect([name, policies]).toEqual([name, expect.arrayContaining([isPublic(policy) ? null : policy])]);
      expect([name, route?.status]).toEqual([name, String(operation.path === '/' ? 300 : successStatus(operation))]);
    }
  }
});

test('no table stands in two modules, and each column is one of Keystone’s', () => {
  const tables = modules.flatMap((module) => [...module.tables]);
  const names = tables.map((table) => table.options.name);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(schemaDrift(tables)).toEqual([]);
});

interface Route {
  name: string;
  match: { path?: string; path_match_policy?: { typed_config: { path_template: string } } };
}

const routesOf = (text: string): Route[] =>
  parse(text).static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0]
    .routes;

test('no route of ours catches one of Python’s that is not ours', () => {
  const ours = new Set(
    listed.flatMap(({ operation }) => methodsOf(operation).map((method) => `${method} ${operation.path}`)),
  );
  const templates = listed.map(({ operation }) => ({
    methods: methodsOf(operation),
    pattern: new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
  const literal = routes.filter(({ method, path }) => !ours.has(`${method} ${path}`) && !path.includes('{'));
  const caught = literal.filter(({ method, path }) =>
    templates.some(({ methods, pattern }) => methods.includes(method) && pattern.test(path)),
  );
  expect(caught).toEqual([]);
});

test('an operation can be left to Python, and only one that exists', () => {
  const all = routesOf(envoyConfig());
  const fewer = routesOf(envoyConfig(['identity:create_region']));
  expect(all.length - fewer.length).toBe(2);
  expect(all.at(-1)?.name).toBe('python');
  expect(() => envoyConfig(['identity:smoke'])).toThrow('identity:smoke is no operation');
});

test('the real Envoy takes the configuration', async () => {
  const { envoy } = await installServers(['envoy']);
  const folder = mkdtempSync(join(tmpdir(), 'keystone-ts-envoy-'));
  const file = join(folder, 'envoy.yaml');
  writeFileSync(file, envoyConfig());
  const { stderr, stdout } = await promisify(execFile)(envoy, ['--mode', 'validate', '--config-path', file]);
  expect(stdout + stderr).toContain('OK');
  rmSync(folder, { recursive: true });
}, 120_000);

test('the OpenAPI document names every operation once', () => {
  const { paths } = JSON.parse(openapi()) as { paths: Record<string, Record<string, { operationId: string }>> };
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  expect(ids.toSorted()).toEqual(listed.map(({ operation }) => `${operation.method} ${operation.path}`).toSorted());
});
